import { setImmediate as pause } from 'node:timers/promises';
import type { CallId } from '@qinqiao/contracts';
import { type Clock, type Db, type DbTransaction, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { RecordingTables } from '../recordings/index.ts';
import type { TranscriptTables } from './migrations.ts';
import { removeFromIndex } from './text-index.ts';

const tables = (db: Db) => db.withTables<TranscriptTables & RecordingTables>();
/** Few, as each page keeps others from writing for a moment. */
const PAGE = 50;
const CALLS_AT_ONCE = 200;

/**
 * Removes the transcript of a conversation whose recording is deleted: every line, what officers made of it, and what searches find it by. Alerts
 * stay; they name words of the list and quote nobody. Goes in small pieces and may be broken off and run again; does nothing while the recording
 * is there. Answers how many lines went; they are counted in the audit trail before the first goes.
 */
export async function forgetTranscript(db: Db, clock: Clock, callId: CallId, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
  const recording = tables(db).selectFrom('recordings').select('state').where('call_id', '=', callId);
  if ((await recording.executeTakeFirst())?.state !== 'deleted') return 0;
  let forgotten = 0;
  for (;;) {
    signal?.throwIfAborted();
    const removed = await db.transaction().execute(async (trx) => {
      if (forgotten === 0) await noteForgetting(trx, clock, callId);
      return removePage(trx, callId);
    });
    forgotten += removed;
    if (removed < PAGE) return forgotten;
    await pause();
  }
}

async function removePage(trx: DbTransaction, callId: CallId): Promise<number> {
  const some = tables(trx).selectFrom('transcript_segments').select('id').where('call_id', '=', callId).orderBy('start_ms').orderBy('id');
  const ids = (await some.limit(PAGE).forUpdate().execute()).map(({ id }) => id);
  if (ids.length === 0) return 0;
  await removeFromIndex(trx, ids);
  for (const table of ['transcript_corrections', 'transcript_words'] as const) {
    await tables(trx).deleteFrom(table).where('segment_id', 'in', ids).execute();
  }
  await tables(trx).deleteFrom('transcript_segments').where('id', 'in', ids).execute();
  return ids.length;
}

/** What is about to go; of one that is gone on with, what is left. */
async function noteForgetting(trx: DbTransaction, clock: Clock, callId: CallId): Promise<void> {
  const count = async (table: 'transcript_segments' | 'transcript_corrections') => {
    const query = tables(trx)
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number | string>().as('count'));
    return Number((await query.where('call_id', '=', callId).executeTakeFirstOrThrow()).count);
  };
  const detail = { lines: await count('transcript_segments'), corrections: await count('transcript_corrections') };
  if (detail.lines === 0) return;
  const subject = { kind: 'conversation', id: callId };
  await writeAudit(trx, { at: toInstant(clock.now()), actor: SYSTEM_ACTOR, action: 'transcript.delete', subject, detail });
}

/**
 * Removes the transcripts of all deleted recordings that have one yet: of those that versions before this one deleted, and what came late. May be
 * broken off and run again. Answers how many conversations.
 */
export async function forgetDeletedTranscripts(
  db: Db,
  clock: Clock,
  { signal, note = () => undefined }: { signal?: AbortSignal; note?: (text: string) => void } = {},
): Promise<number> {
  let forgotten = 0;
  for (let cursor = ''; ; ) {
    const rows = await tables(db)
      .selectFrom('recordings')
      .select('call_id')
      .where('state', '=', 'deleted')
      .where('call_id', '>', cursor)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('transcript_segments')
            .select('transcript_segments.id')
            .whereRef('transcript_segments.call_id', '=', 'recordings.call_id'),
        ),
      )
      .orderBy('call_id')
      .limit(CALLS_AT_ONCE)
      .execute();
    for (const { call_id } of rows) {
      await forgetTranscript(db, clock, call_id as CallId, signal ? { signal } : {});
      note(`${++forgotten} 份文本 transcripts`);
    }
    const last = rows.at(-1);
    if (!last || rows.length < CALLS_AT_ONCE) return forgotten;
    cursor = last.call_id;
  }
}
