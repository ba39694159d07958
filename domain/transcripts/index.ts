export * from './channels.ts';
export { correctionsOf, correctLine, type Correcting, listCorrections } from './corrections.ts';
export { hitViews, marksIn } from './hits.ts';
export { listLines } from './lines.ts';
export * from './migrations.ts';
export * from './offline.ts';
export * from './search.ts';
export { cutProvisional, listSegments, saveSegments } from './segments.ts';
export { indexMissing } from './text-index.ts';
