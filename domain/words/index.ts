export * from './alert-policy.ts';
export * from './alerts.ts';
export { FoldedText, fold } from './fold.ts';
export { buildMatchers, WordMatcher, WordMatchers } from './matcher.ts';
export * from './migrations.ts';
export { type JudgedHit, TextScan, type WordHit } from './scan.ts';
export * from './word-list.ts';
