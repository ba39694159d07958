import type { CallId, EvidenceView, RecordingSeal } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { listChecks } from './checks.ts';
import { findTombstone } from './deletion.ts';
import { sm3Of } from './evidence-manifest.ts';
import { listHolds } from './holds.ts';
import { findKept, type KeptRecording } from './seals.ts';

/** How a call's recording is kept; null when there is none. */
export async function sealOf(db: Db, callId: CallId): Promise<RecordingSeal | null> {
  const recording = await findKept(db, callId);
  if (!recording) return null;
  const { sealedAt, store, storedBytes, manifestSm3, sealError, held } = recording;
  const deleted = recording.state === 'deleted' ? await findTombstone(db, callId) : null;
  const kept = deleted ? null : store;
  return { state: stateOf(recording), sealedAt, store: kept, storedBytes, manifestSm3, error: sealError, held, deleted };
}

function stateOf({ state, store }: KeptRecording): RecordingSeal['state'] {
  if (state === 'deleted') return 'deleted';
  if (store !== null) return 'sealed';
  return state === 'sealing' || state === 'ready' ? 'waiting' : 'open';
}

/** Everything the console shows of a recording as evidence; null when the call has none. */
export async function evidenceView(db: Db, crypto: CryptoProvider, callId: CallId): Promise<EvidenceView | null> {
  const seal = await sealOf(db, callId);
  if (!seal) return null;
  const [newest] = await crypto.publicKeys();
  const keyFingerprint = newest ? fingerprintOf(newest.publicKey) : '';
  const [holds, checks] = [await listHolds(db, callId), await listChecks(db, callId)];
  return { recordingId: callId, seal, keyFingerprint, holds, checks };
}

/** SM3 of a public key's bytes, in groups for reading aloud. */
export const fingerprintOf = (publicKey: string): string =>
  sm3Of(Buffer.from(publicKey, 'hex'))
    .slice(0, 32)
    .replace(/(.{4})(?=.)/g, '$1 ');
