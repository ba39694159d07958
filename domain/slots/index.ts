export * from './migrations.ts';
export * from './occurrences.ts';
export * from './places.ts';
export * from './plans.ts';
