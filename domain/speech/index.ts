export * from './engines.ts';
export * from './health.ts';
export * from './lanes.ts';
export * from './migrations.ts';
export * from './queues.ts';
export * from './receivers.ts';
export * from './transcriptions.ts';
export { markUnheard } from './unheard.ts';
export * from './views.ts';
