import {
  CHAIN_START,
  type ChainCheck,
  type ChainFault,
  type CryptoProvider,
  type DatabaseOptions,
  type Db,
  toInstant,
  type Clock,
} from '@qinqiao/server-kit';
import { anchorsFrom, type Anchor, forgedAnchor, lastPruned, signCheckedPoint } from './anchors.ts';
import { checkChainInThread } from './chain-thread.ts';

export interface VerifyOptions {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  /** With which the thread that reads the trail opens the store. */
  database: DatabaseOptions;
  /** `recent`: from the last signed point that a verification has come to; `full`: from the beginning. */
  extent: 'full' | 'recent';
  onProgress?: (checked: number) => void;
  signal?: AbortSignal;
}

export interface Verified {
  /** The first record that was looked at. */
  from: number;
  /** The last one that fits. */
  to: number;
  checked: number;
  broken: { seq: number; fault: ChainFault } | null;
}

const MAX_RESTARTS = 3;

/**
 * Verifies the trail in a thread of its own: every record's hash, that none is missing, that the chain meets every signed point. What
 * holds is signed as the point at which the next may begin.
 */
export async function verifyTrail(options: VerifyOptions): Promise<Verified> {
  for (let attempt = 1; ; attempt++) {
    const pruned = await lastPruned(options.db);
    const verified = await verifyFrom(options, pruned);
    // Records that were archived meanwhile are missing for a good reason.
    const archived = (await lastPruned(options.db))?.id !== pruned?.id;
    if (!verified.broken || !archived || attempt > MAX_RESTARTS) return verified;
  }
}

async function verifyFrom(
  { db, crypto, clock, database, extent, onProgress, signal }: VerifyOptions,
  pruned: Anchor | undefined,
): Promise<Verified> {
  const anchors = await anchorsFrom(db, pruned?.seq ?? 0);
  const forged = await forgedAnchor(crypto, anchors);
  if (forged) return { from: forged.seq, to: forged.seq - 1, checked: 0, broken: { seq: forged.seq, fault: 'signature' } };
  const checkedPoint = extent === 'recent' ? anchors.findLast(({ kind }) => kind === 'checked') : undefined;
  const start = checkedPoint ?? pruned ?? CHAIN_START;
  const input = { start: { seq: start.seq, hash: start.hash }, points: anchors.map(({ seq, hash }) => ({ seq, hash })) };
  const check: ChainCheck = await checkChainInThread(database, input, {
    ...(onProgress ? { onProgress } : {}),
    ...(signal ? { signal } : {}),
  });
  if (!check.broken && check.to.seq > 0) await signCheckedPoint(db, crypto, check.to, toInstant(clock.now()));
  return { from: start.seq + 1, to: check.to.seq, checked: check.checked, broken: check.broken };
}
