export * from './attention.ts';
export * from './migrations.ts';
export * from './queries.ts';
export * from './refresh.ts';
export { conversationViews, namesOf } from './views.ts';
