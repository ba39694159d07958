import type { CallId } from '@qinqiao/contracts';
import { type Clock, type Db, type DbTransaction, JobQueue } from '@qinqiao/server-kit';

/** What is done with whole recordings in the background, by the recorders (recorder/seal). */
export const RECORDING_JOBS = {
  /** Encrypt, sign, put into the store. */
  seal: 'recording.seal',
  /** From the hot to the cold store. */
  move: 'recording.move',
  /** Every byte of a deleted one goes. */
  remove: 'recording.remove',
  /** Compare every byte with what was sealed. */
  verify: 'recording.verify',
} as const;
export type RecordingJob = keyof typeof RECORDING_JOBS;

/** Asks for the work, in the caller's transaction. `key`: the work of this key is done once at a time; `priority`: higher first. */
export async function enqueueRecordingJob(
  trx: Db | DbTransaction,
  clock: Clock,
  job: RecordingJob,
  { callId, key = callId, checkId, priority = 0 }: { callId: CallId; key?: string; checkId?: string; priority?: number },
): Promise<void> {
  const payload = { callId, ...(checkId === undefined ? {} : { checkId }) };
  await new JobQueue(trx, { owner: 'asked', clock }).enqueue(trx, { kind: RECORDING_JOBS[job], key, payload, priority });
}
