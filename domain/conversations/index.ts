export * from './migrations.ts';
export * from './queries.ts';
export * from './refresh.ts';
export { conversationViews } from './views.ts';
