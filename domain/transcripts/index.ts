export * from './channels.ts';
export * from './migrations.ts';
export * from './search.ts';
export { cutProvisional, listSegments, saveSegments } from './segments.ts';
export { indexMissing } from './text-index.ts';
