export * from './balance.ts';
export { type NewEntry, quotaView, readEntries, writeEntry } from './ledger.ts';
export * from './migrations.ts';
export * from './rules.ts';
