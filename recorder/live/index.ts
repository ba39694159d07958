export * from './health.ts';
export * from './live-call.ts';
