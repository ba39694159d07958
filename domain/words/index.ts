export * from './alert-policy.ts';
export * from './alerts.ts';
export { FoldedText, fold } from './fold.ts';
export * from './matcher.ts';
export * from './migrations.ts';
export * from './word-list.ts';
