export * from './migrations.ts';
export * from './repository.ts';
export * from './tree.ts';
