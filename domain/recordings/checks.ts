import { type CallId, type EvidenceCheck, QinqiaoError, type Verdict } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { enqueueRecordingJob } from './jobs.ts';
import type { RecordingTables } from './migrations.ts';
import { findKept } from './seals.ts';

const tables = (db: Db) => db.withTables<RecordingTables>();
const CHECKS_SHOWN = 10;
const FAULTS_KEPT = 50;

/** Asks for a check of a sealed recording, to be made in the background. Throws `wrong_state` while one is under way, or before it is sealed. */
export async function askCheck(db: Db, clock: Clock, callId: CallId, actor: Actor): Promise<EvidenceCheck> {
  const at = toInstant(clock.now());
  return db.transaction().execute(async (trx) => {
    const recording = await findKept(trx, callId, { lock: true });
    if (!recording) throw new QinqiaoError('not_found');
    if (recording.state === 'deleted') throw new QinqiaoError('recording_deleted');
    if (recording.store === null) throw new QinqiaoError('wrong_state');
    const open = tables(trx).selectFrom('recording_checks').select('id').where('call_id', '=', callId);
    if (await open.where('state', 'in', ['queued', 'running']).executeTakeFirst()) throw new QinqiaoError('wrong_state');
    const row = {
      id: newId(),
      call_id: callId,
      asked_at: at,
      asked_by: actor.id,
      asked_name: actor.name,
      state: 'queued' as const,
      ...FRESH,
    };
    await tables(trx).insertInto('recording_checks').values(row).execute();
    await enqueueRecordingJob(trx, clock, 'verify', { callId, key: row.id, checkId: row.id });
    await writeAudit(trx, { at, actor, action: 'recording.verify', subject: { kind: 'call', id: callId }, detail: { check: row.id } });
    return toCheck(row);
  });
}

const FRESH = { progress: 0, finished_at: null, verdict: null, error: null };

/** The newest first. */
export async function listChecks(db: Db, callId: CallId): Promise<EvidenceCheck[]> {
  const query = tables(db).selectFrom('recording_checks').selectAll().where('call_id', '=', callId).orderBy('id', 'desc');
  return (await query.limit(CHECKS_SHOWN).execute()).map(toCheck);
}

export async function noteCheckProgress(db: Db, id: string, share: number): Promise<void> {
  await tables(db).updateTable('recording_checks').set({ state: 'running', progress: share }).where('id', '=', id).execute();
}

/** Stores and audits what a check found. A check that another node finished stays as it is. */
export async function finishCheck(
  db: Db,
  clock: Clock,
  check: { id: string; callId: CallId },
  outcome: { verdict: Verdict } | { error: string },
): Promise<void> {
  const at = toInstant(clock.now());
  await db.transaction().execute(async (trx) => {
    const found = 'verdict' in outcome ? { ...outcome.verdict, faults: outcome.verdict.faults.slice(0, FAULTS_KEPT) } : null;
    const result = {
      state: found ? ('done' as const) : ('failed' as const),
      progress: found ? 1 : 0,
      finished_at: at,
      verdict: found && JSON.stringify(found),
      error: 'error' in outcome ? outcome.error.slice(0, 500) : null,
    };
    const query = tables(trx).updateTable('recording_checks').set(result).where('id', '=', check.id);
    const done = await query.where('state', 'in', ['queued', 'running']).executeTakeFirst();
    if (done.numUpdatedRows === 0n) return;
    const subject = { kind: 'call', id: check.callId };
    const detail = { check: check.id, intact: found?.intact ?? null, faults: found?.faults.slice(0, 5) ?? [], error: result.error };
    const actor = { role: 'system', id: 'system', name: '系统' } as const;
    await writeAudit(trx, { at, actor, action: 'recording.verified', subject, detail });
  });
}

const toCheck = (row: RecordingTables['recording_checks']): EvidenceCheck => ({
  id: row.id,
  askedAt: row.asked_at,
  askedName: row.asked_name,
  state: row.state,
  progress: Number(row.progress),
  finishedAt: row.finished_at,
  verdict: row.verdict === null ? null : (JSON.parse(row.verdict) as Verdict),
  error: row.error,
});
