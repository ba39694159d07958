export * from './dispatcher.ts';
export * from './migrations.ts';
export * from './outbox.ts';
export { composeReceivers, type Receivers } from './compose.ts';
