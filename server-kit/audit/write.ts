import { QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '../database.ts';
import { currentTrace } from '../trace.ts';
import { AUDIT_FORMAT, auditHash } from './hash.ts';
import type { AuditRow, AuditTables } from './tables.ts';

export interface Actor {
  /** `client`: a third party's program, by its key. */
  role: 'officer' | 'inmate' | 'family' | 'system' | 'client';
  id: string;
  name: string;
}
export const SYSTEM_ACTOR: Actor = { role: 'system', id: 'system', name: '系统' };

export interface AuditEntry {
  at: string;
  actor: Actor;
  /** What was done, as `subject.verb`: `call.cutOff`, `recording.view`. */
  action: string;
  subject: { kind: string; id: string };
  detail?: Record<string, unknown>;
  /** Of the client; by default the address of the request that is being worked on. */
  address?: string;
}

/**
 * Appends to the chained audit trail, inside the caller's transaction when it passes one. Each record's SM3 hash covers the
 * one before, and the address and id of the request that led to it. Throws `audit_failed` when it cannot be written: the caller must
 * then not do what it was about to do.
 */
export async function writeAudit(db: Db, entry: AuditEntry): Promise<void> {
  try {
    const record = recordOf(entry);
    if (db.isTransaction) await append(db, [record]);
    else await appendSoon(db, record);
  } catch (cause) {
    throw new QinqiaoError('audit_failed', { cause });
  }
}

type Unchained = Omit<AuditRow, 'seq' | 'previous_hash' | 'hash'>;

function recordOf({ at, actor, action, subject, detail = {}, address }: AuditEntry): Unchained {
  const trace = currentTrace();
  return {
    at,
    actor_role: actor.role,
    actor_id: actor.id,
    actor_name: actor.name,
    action,
    subject_kind: subject.kind,
    subject_id: subject.id,
    detail: JSON.stringify(detail),
    format: AUDIT_FORMAT,
    address: address ?? trace?.address ?? null,
    request_id: trace?.requestId ?? null,
  };
}

/** Whoever appends holds the chain's end until the commit, so that what belongs together is written together. */
async function append(db: Db, records: readonly Unchained[]): Promise<void> {
  const audit = db.withTables<AuditTables>();
  const head = await audit.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1).forUpdate().executeTakeFirstOrThrow();
  const rows: AuditRow[] = [];
  let { seq, hash } = head;
  for (const record of records) {
    const row = { ...record, seq: ++seq, previous_hash: hash };
    hash = auditHash(row);
    rows.push({ ...row, hash });
  }
  await audit.insertInto('audit').values(rows).execute();
  await audit.updateTable('audit_head').set({ seq, hash }).where('id', '=', 1).execute();
}

interface Waiting {
  db: Db;
  record: Unchained;
  written: PromiseWithResolvers<void>;
}
/** By store: what waits for the transaction before it to end. */
const waiting = new WeakMap<object, Waiting[]>();
const MOST_TOGETHER = 100;

/** In a transaction of its own, or together with what others of this process want written at the same moment. */
async function appendSoon(db: Db, record: Unchained): Promise<void> {
  const store = db.getExecutor().adapter;
  const mine: Waiting = { db, record, written: Promise.withResolvers() };
  const others = waiting.get(store);
  if (others) others.push(mine);
  else void appendAll(store, [mine]);
  return mine.written.promise;
}

async function appendAll(store: object, first: Waiting[]): Promise<void> {
  waiting.set(store, first);
  for (let rest = first; rest.length > 0; rest = waiting.get(store) ?? []) {
    waiting.set(store, rest.slice(MOST_TOGETHER));
    await appendTogether(rest.slice(0, MOST_TOGETHER));
  }
  waiting.delete(store);
}

/**
 * One that cannot be written does not take the others with it. Where it is the commit that fails, nobody knows whether they are there: none is
 * written again, and nobody goes on.
 */
async function appendTogether(batch: readonly Waiting[]): Promise<void> {
  const records = batch.map(({ record }) => record);
  let isAppended = false;
  try {
    await batch[0]?.db.transaction().execute(async (trx) => {
      await append(trx, records);
      isAppended = true;
    });
    for (const { written } of batch) written.resolve();
  } catch (cause) {
    if (batch.length === 1 || isAppended) for (const { written } of batch) written.reject(cause);
    else for (const one of batch) await appendTogether([one]);
  }
}
