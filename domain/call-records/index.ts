export { listCallCounts } from './counts.ts';
export { listCallRecords, type Outcome } from './records.ts';
export { callCountTransfer, callRecordTransfer } from './transfers.ts';
