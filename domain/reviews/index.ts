export * from './decide.ts';
export * from './migrations.ts';
export * from './rules.ts';
