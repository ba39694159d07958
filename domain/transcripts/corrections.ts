import { createHash } from 'node:crypto';
import { QinqiaoError, type TranscriptCorrection, type TranscriptLine } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, type DbTransaction, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import type { WordHit } from '../words/index.ts';
import { linesOf } from './lines.ts';
import type { TranscriptTables } from './migrations.ts';
import { indexSegments } from './text-index.ts';
import { toSegment } from './segments.ts';

const tables = (db: Db) => db.withTables<TranscriptTables>();
type Row = TranscriptTables['transcript_segments'];

export interface Correcting {
  /** The store as the officer sees it. */
  db: Db;
  clock: Clock;
  actor: Actor;
  /** Looks for sensitive words. */
  find: (text: string) => WordHit[];
}
export interface NewCorrection {
  conversationId: string;
  segmentId: string;
  /** Version that the officer has seen. */
  version: number;
  text: string;
  reason: string;
}

/**
 * Replaces a line's text by what an officer heard; what stood there is kept as a version. Words are looked for in the new text and count in the place
 * of the line's alerts, without raising any. Text that is the same changes nothing. Throws `not_found`, `edit_conflict`, `wrong_state` for text
 * that is still provisional.
 */
export async function correctLine(correcting: Correcting, { segmentId, ...correction }: NewCorrection): Promise<TranscriptLine> {
  const { db } = correcting;
  return db.transaction().execute(async (trx) => {
    const row = await tables(trx)
      .selectFrom('transcript_segments')
      .selectAll()
      .where('id', '=', segmentId)
      .where('call_id', '=', correction.conversationId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    if (row.final === 0) throw new QinqiaoError('wrong_state');
    if (row.version !== correction.version) throw new QinqiaoError('edit_conflict');
    if (row.text !== correction.text) await store(trx, correcting, row, correction);
    const after = await tables(trx).selectFrom('transcript_segments').selectAll().where('id', '=', segmentId).execute();
    const [line] = await linesOf(trx, after);
    if (!line) throw new QinqiaoError('not_found');
    return line;
  });
}

async function store(
  trx: DbTransaction,
  { clock, actor, find }: Correcting,
  row: Row,
  { text, reason }: Pick<NewCorrection, 'text' | 'reason'>,
): Promise<void> {
  const at = toInstant(clock.now());
  const version = row.version + 1;
  const of = { segment_id: row.id, call_id: row.call_id };
  const who = { officer_id: actor.id, officer_name: actor.name };
  await tables(trx)
    .insertInto('transcript_corrections')
    .values({ id: newId(), ...of, version, text_before: row.text, text_after: text, reason, ...who, at })
    .execute();
  // What was a gap is one no more when somebody has written down what was said.
  const mark = row.mark === 'gap' ? null : row.mark;
  await tables(trx).updateTable('transcript_segments').set({ text, mark, version, updated_at: at }).where('id', '=', row.id).execute();
  await tables(trx).deleteFrom('transcript_words').where('segment_id', '=', row.id).execute();
  const words = find(text).map((hit) => ({ id: newId(), ...of, ...wordOf(hit) }));
  if (words.length > 0) await tables(trx).insertInto('transcript_words').values(words).execute();
  await indexSegments(trx, [toSegment({ ...row, text, mark })]);
  const detail = { segment: row.id, version, before: hashOf(row.text), after: hashOf(text), ...(reason ? { reason } : {}) };
  const subject = { kind: 'conversation', id: row.call_id };
  await writeAudit(trx, { at, actor, action: 'transcript.correct', subject, detail });
  const key = `transcript.corrected:${row.id}:${version}`;
  await sendLater(trx, { topic: 'transcript.changed', key, payload: { callId: row.call_id } }, at);
}

/** What was said is not the auditors' to read; the hash proves which text it was. */
const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

const wordOf = ({ word, level, match, offset, length }: WordHit) => ({
  word_id: word.id,
  word: word.word,
  category: word.category ?? '',
  note: word.note,
  match_kind: match,
  level,
  text_offset: offset,
  text_length: length,
});

/** Every version of a line that officers made, the first one first: its `before` is what was recognised. */
export async function listCorrections(db: Db, conversationId: string, segmentId: string): Promise<TranscriptCorrection[]> {
  const query = tables(db).selectFrom('transcript_corrections').selectAll().where('segment_id', '=', segmentId);
  const rows = await query.where('call_id', '=', conversationId).orderBy('version').execute();
  return rows.map(toCorrection);
}

/** Those of a whole conversation by segment, in order. */
export async function correctionsOf(db: Db, conversationId: string): Promise<Map<string, TranscriptCorrection[]>> {
  const query = tables(db).selectFrom('transcript_corrections').selectAll().where('call_id', '=', conversationId);
  const rows = await query.orderBy('segment_id').orderBy('version').execute();
  const bySegment = Map.groupBy(rows, (row) => row.segment_id);
  return new Map([...bySegment].map(([id, versions]) => [id, versions.map(toCorrection)]));
}

const toCorrection = (row: TranscriptTables['transcript_corrections']): TranscriptCorrection => ({
  version: row.version,
  before: row.text_before,
  after: row.text_after,
  reason: row.reason,
  officerName: row.officer_name,
  at: row.at,
});
