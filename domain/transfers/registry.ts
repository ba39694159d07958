import { QinqiaoError } from '@qinqiao/contracts';
import { allowlistTransfer } from '../allowlist/index.ts';
import { callCountTransfer, callRecordTransfer } from '../call-records/index.ts';
import { officerTransfer } from '../officers/index.ts';
import { contactTransfer, familyTransfer, inmateLevelTransfer, inmateTransfer } from '../people/transfers/index.ts';
import { wordTransfer } from '../words/index.ts';
import type { TransferKind } from './kind.ts';

/** Every kind of file that goes in or out. */
export const TRANSFER_KINDS: readonly TransferKind[] = [
  inmateTransfer,
  inmateLevelTransfer,
  familyTransfer,
  contactTransfer,
  officerTransfer,
  allowlistTransfer,
  callRecordTransfer,
  callCountTransfer,
  wordTransfer,
];

export const findKind = (name: string): TransferKind | undefined => TRANSFER_KINDS.find((kind) => kind.name === name);

/** Throws `not_found`. */
export function requireKind(name: string): TransferKind {
  const kind = findKind(name);
  if (!kind) throw new QinqiaoError('not_found');
  return kind;
}
