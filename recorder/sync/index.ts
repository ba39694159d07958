export * from './reports.ts';
export * from './timeline.ts';
