export * from './migrations.ts';
export * from './repository.ts';
