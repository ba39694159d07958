export * from './files.ts';
export * from './migrations.ts';
export * from './repository.ts';
export * from './storage.ts';
