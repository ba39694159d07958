import { type CallId, type Instant, type PictureWarning, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, isDuplicateKey, writeAudit } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { PictureWarningTables } from './migrations.ts';

type Row = PictureWarningTables['picture_warnings'];
const tables = (db: Db) => db.withTables<PictureWarningTables & CallTables>();
/** More than a call ever has: one every few seconds for two hours. */
const MOST_OF_A_CALL = 500;

/** Stores a warning; one that is there already (same id) stays as it is. Throws `not_found` when its call is not known. */
export async function storeWarning(db: Db, warning: PictureWarning): Promise<void> {
  const call = tables(db).selectFrom('calls').select(['prison_id', 'inmate_id']).where('id', '=', warning.callId);
  const of = await call.executeTakeFirst();
  if (!of) throw new QinqiaoError('not_found');
  const open = { verdict: 'open', judged_by: null, judged_by_name: null, judged_at: null, still: 1 } as const;
  try {
    await tables(db)
      .insertInto('picture_warnings')
      .values({ ...toRow(warning), ...of, ...open })
      .execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

/** A call's warnings, oldest first. */
export async function warningsOf(db: Db, callId: string): Promise<PictureWarning[]> {
  const rows = tables(db).selectFrom('picture_warnings').selectAll().where('call_id', '=', callId);
  return (await rows.orderBy('id').limit(MOST_OF_A_CALL).execute()).map(toWarning);
}

export interface Verdict {
  id: string;
  verdict: PictureWarning['verdict'];
}

/** Says whether a warning was right; it can be said anew. Audited. Throws `not_found`, also outside the data scope. */
export async function judgeWarning(db: Db, { id, verdict }: Verdict, actor: Actor, at: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await tables(trx).selectFrom('picture_warnings').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    const by = verdict === 'open' ? { judged_by: null, judged_by_name: null, judged_at: null } : judgedBy(actor, at);
    await tables(trx)
      .updateTable('picture_warnings')
      .set({ verdict, ...by })
      .where('id', '=', id)
      .execute();
    const detail = { call: row.call_id, kind: row.kind, before: { verdict: row.verdict }, after: { verdict } };
    await writeAudit(trx, { at, actor, action: 'picture_warning.judge', subject: { kind: 'picture_warning', id }, detail });
  });
}

const judgedBy = (actor: Actor, at: Instant) => ({ judged_by: actor.id, judged_by_name: actor.name, judged_at: at });

const toRow = (warning: PictureWarning) => ({
  id: warning.id,
  call_id: warning.callId,
  party: warning.party,
  kind: warning.kind,
  people: warning.people,
  seen_at: warning.seenAt,
  raised_at: warning.raisedAt,
  at_ms: warning.atMs,
  held: warning.held ? 1 : 0,
});

export const toWarning = (row: Row): PictureWarning => ({
  id: row.id,
  callId: row.call_id as CallId,
  party: row.party,
  kind: row.kind,
  people: row.people,
  seenAt: row.seen_at,
  raisedAt: row.raised_at,
  atMs: row.at_ms,
  held: row.held === 1,
  verdict: row.verdict,
});
