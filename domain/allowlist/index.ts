export { allowlistDecided, applyForAllowlist, resubmitAllowlist, withdrawAllowlist } from './apply.ts';
export { addAllowed, allowWithLink, changeAllowed, endAllowed, endAllowedPair } from './edit.ts';
export * from './migrations.ts';
export { addMonths } from './period.ts';
export { type Allowed, type AllowFilter, findAllowed, listAllowlist, listOwnAllowlist } from './queries.ts';
export { kindsOf } from './rows.ts';
export { allowlistTransfer } from './transfer.ts';
