export * from './messages.ts';
export * from './migrations.ts';
