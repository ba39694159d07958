export * from './channels.ts';
export * from './migrations.ts';
export * from './segments.ts';
