export { applyForNumber, numberDecided, resubmitNumber, withdrawNumber } from './apply.ts';
export { addNumber, changeNumber, deleteNumber, endNumber, unmaskNumber } from './edit.ts';
export * from './migrations.ts';
export { listNumbers, listOwnNumbers, type NumberFilter } from './queries.ts';
