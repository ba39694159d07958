export * from './grants.ts';
export * from './migrations.ts';
export * from './sessions.ts';
