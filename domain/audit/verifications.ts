import { QinqiaoError } from '@qinqiao/contracts';
import {
  type Actor,
  type AuditTables,
  type Clock,
  type CryptoProvider,
  type DatabaseOptions,
  type Db,
  JobQueue,
  type Logger,
  newId,
  toInstant,
  writeAudit,
} from '@qinqiao/server-kit';
import { lastPruned } from './anchors.ts';
import type { AuditCheckTables } from './migrations.ts';
import { verifyTrail } from './verify.ts';

export type Verification = AuditCheckTables['audit_verifications'];

const JOB = 'audit-verify';
const tables = (db: Db) => db.withTables<AuditCheckTables & AuditTables>();

/** Asks for a verification, to be made in the background. Throws `wrong_state` while one is under way. */
export async function askVerification(db: Db, clock: Clock, extent: Verification['extent'], actor: Actor): Promise<Verification> {
  const at = toInstant(clock.now());
  return db.transaction().execute(async (trx) => {
    await tables(trx).selectFrom('audit_head').select('seq').where('id', '=', 1).forUpdate().executeTakeFirst();
    const open = tables(trx).selectFrom('audit_verifications').select('id').where('state', 'in', ['queued', 'running']);
    if (await open.executeTakeFirst()) throw new QinqiaoError('wrong_state');
    const row: Verification = {
      id: newId(),
      extent,
      state: 'queued',
      asked_by: actor.name,
      asked_at: at,
      started_at: null,
      ended_at: null,
      checked: 0,
      total: await countTrail(trx),
      last_seq: null,
      broken_seq: null,
      fault: null,
      error: null,
    };
    await tables(trx).insertInto('audit_verifications').values(row).execute();
    await new JobQueue(trx, { owner: 'asked', clock }).enqueue(trx, { kind: JOB, key: row.id, payload: { extent } });
    await writeAudit(trx, { at, actor, action: 'audit.verify', subject: { kind: 'audit', id: row.id }, detail: { extent } });
    return row;
  });
}

/** How many records the store holds, from the two ends of the chain. */
export async function countTrail(db: Db): Promise<number> {
  const head = await tables(db).selectFrom('audit_head').select('seq').where('id', '=', 1).executeTakeFirst();
  return (head?.seq ?? 0) - ((await lastPruned(db))?.seq ?? 0);
}

/** The newest verifications first; `before` is the id of the last one that was seen. */
export async function listVerifications(
  db: Db,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<Verification[]> {
  const rows = tables(db).selectFrom('audit_verifications').selectAll().orderBy('id', 'desc').limit(limit);
  return (before === undefined ? rows : rows.where('id', '<', before)).execute();
}

export interface VerificationDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  database: DatabaseOptions;
  log: Logger;
  owner: string;
}

/** Makes the verifications that were asked for, one at a time, until disposed. */
export function workOnVerifications(deps: VerificationDeps): AsyncDisposable {
  const { db, clock, log, owner } = deps;
  const stop = new AbortController();
  const queue = new JobQueue(db, { owner, clock, log, maxAttempts: 1000, leaseMs: 10_000 });
  const worker = queue.work(JOB, ({ key }) => runVerification(deps, key, stop.signal));
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the service stops'));
      await worker[Symbol.asyncDispose]();
    },
  };
}

async function runVerification({ db, crypto, clock, database, log }: VerificationDeps, id: string, signal: AbortSignal): Promise<void> {
  const change = (values: Partial<Verification>) =>
    tables(db).updateTable('audit_verifications').set(values).where('id', '=', id).execute();
  const row = await tables(db).selectFrom('audit_verifications').select(['extent']).where('id', '=', id).executeTakeFirst();
  if (!row) return;
  await change({ state: 'running', started_at: toInstant(clock.now()), checked: 0 });
  const onProgress = (checked: number) => void change({ checked }).catch((err: unknown) => log.warn({ err }, 'verification progress'));
  try {
    const { to, checked, broken } = await verifyTrail({ db, crypto, clock, database, extent: row.extent, onProgress, signal });
    const found = { broken_seq: broken?.seq ?? null, fault: broken?.fault ?? null };
    await change({ state: broken ? 'broken' : 'intact', checked, last_seq: to, ended_at: toInstant(clock.now()), ...found });
    if (broken) log.error({ ...broken }, 'the audit trail is broken');
  } catch (error) {
    // A service that stops leaves it to the next one.
    if (signal.aborted) throw error;
    await change({ state: 'failed', error: String(error).slice(0, 500), ended_at: toInstant(clock.now()) });
  }
}
