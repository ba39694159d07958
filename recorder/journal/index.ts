export * from './batched-file.ts';
export * from './block.ts';
export * from './events.ts';
export * from './read.ts';
export * from './storage.ts';
export * from './take.ts';
