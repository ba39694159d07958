import { type AlertHandlingView, type AlertVerdict, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, SYSTEM_ACTOR, writeAudit } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import { handlingOf, tables } from './queries.ts';

/**
 * The officer has seen these alerts. One that another has acknowledged stays his; one that is not in the officer's data scope throws
 * `not_found`, and nothing is changed then.
 */
export async function acknowledgeAlerts(db: Db, ids: readonly string[], actor: Actor, at: Instant): Promise<AlertHandlingView[]> {
  return db.transaction().execute(async (trx) => {
    const wanted = [...new Set(ids)];
    const rows = await tables(trx).selectFrom('word_alerts').selectAll().where('id', 'in', wanted).forUpdate().execute();
    if (rows.length < wanted.length) throw new QinqiaoError('not_found');
    const fresh = rows.filter((row) => row.acked_at === null);
    const seen = { acked_by: actor.id, acked_by_name: actor.name, acked_at: at, open_level: 0 };
    for (const row of fresh) {
      await tables(trx).updateTable('word_alerts').set(seen).where('id', '=', row.id).execute();
      const detail = { call: row.call_id, word: row.word, level: row.level, raisedAt: row.raised_at, escalated: row.escalated_at !== null };
      await writeAudit(trx, { at, actor, action: 'word_alert.acknowledge', subject: { kind: 'word_alert', id: row.id }, detail });
    }
    const isFresh = new Set(fresh.map(({ id }) => id));
    return rows.map((row) => handlingOf(isFresh.has(row.id) ? { ...row, ...seen } : row));
  });
}

/** Whether an alert was right; judging is also having seen it. Throws `not_found`, also outside the data scope. */
export async function judgeAlert(
  db: Db,
  { id, verdict, note }: { id: string; verdict: AlertVerdict; note: string },
  actor: Actor,
  at: Instant,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await tables(trx).selectFrom('word_alerts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    const by =
      verdict === 'open'
        ? { judged_by: null, judged_by_name: null, judged_at: null }
        : { judged_by: actor.id, judged_by_name: actor.name, judged_at: at };
    const seen = row.acked_at === null ? { acked_by: actor.id, acked_by_name: actor.name, acked_at: at, open_level: 0 } : {};
    await tables(trx)
      .updateTable('word_alerts')
      .set({ verdict, judge_note: note, ...by, ...seen })
      .where('id', '=', id)
      .execute();
    const before = { verdict: row.verdict, note: row.judge_note };
    const detail = { call: row.call_id, word: row.word, before, after: { verdict, note } };
    await writeAudit(trx, { at, actor, action: 'word_alert.judge', subject: { kind: 'word_alert', id }, detail });
    // What was judged wrong counts no more in its conversation.
    const key = `transcript.changed:${id}:${at}:${verdict}`;
    if (verdict !== row.verdict) await sendLater(trx, { topic: 'transcript.changed', key, payload: { callId: row.call_id } }, at);
  });
}

/** How long an open alert of an ended call, or one that nobody answers, is looked for; older ones are history. */
const ESCALATED_WITHIN_MS = 24 * 3600 * 1000;

/**
 * Marks alerts that nobody has reacted to in time. `level`: from which on somebody has to. Each is escalated once, whoever else does this at
 * the same time. Answers how many.
 */
export async function escalateAlerts(db: Db, { level, afterMs, now }: { level: number; afterMs: number; now: Date }): Promise<number> {
  const at = now.toISOString();
  const overdue = await tables(db)
    .selectFrom('word_alerts')
    .select(['id', 'call_id', 'word', 'level', 'raised_at'])
    .where('open_level', '>=', level)
    .where('escalated_at', 'is', null)
    .where('raised_at', '<=', new Date(now.getTime() - afterMs).toISOString())
    .where('raised_at', '>', new Date(now.getTime() - ESCALATED_WITHIN_MS).toISOString())
    .limit(200)
    .execute();
  let escalated = 0;
  for (const { id, call_id, word, level: of, raised_at } of overdue) {
    const mine = await db.transaction().execute(async (trx) => {
      const update = tables(trx)
        .updateTable('word_alerts')
        .set({ escalated_at: at })
        .where('id', '=', id)
        .where('escalated_at', 'is', null);
      if ((await update.where('open_level', '>', 0).executeTakeFirstOrThrow()).numUpdatedRows === 0n) return false;
      const detail = { call: call_id, word, level: of, raisedAt: raised_at, afterMs };
      await writeAudit(trx, { at, actor: SYSTEM_ACTOR, action: 'word_alert.escalate', subject: { kind: 'word_alert', id }, detail });
      return true;
    });
    if (mine) escalated += 1;
  }
  return escalated;
}
