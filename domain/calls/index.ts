export * from './arrange.ts';
export * from './migrations.ts';
export * from './queries.ts';
export * from './repository.ts';
export * from './screenshots.ts';
export * from './session.ts';
export * from './waiting.ts';
