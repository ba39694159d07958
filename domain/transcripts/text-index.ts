import type { TranscriptSegment } from '@qinqiao/contracts';
import { type Db, isDuplicateKey } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import type { RecordingTables } from '../recordings/index.ts';
import { fold } from '../words/index.ts';
import type { TranscriptTables } from './migrations.ts';
import { besideOf, placeOf, termsOf } from './terms.ts';

const tables = (db: Db) => db.withTables<TranscriptTables & RecordingTables & CallTables & ConversationTables>();

type Spoken = Pick<TranscriptSegment, 'id' | 'callId' | 'speaker' | 'startMs' | 'text' | 'mark'>;
interface Origin {
  prisonId: string;
  /** Epoch ms of millisecond 0. */
  epochMs: number;
}
type Text = TranscriptTables['transcript_texts'];

/**
 * Brings the full-text index to what these final segments say, within the caller's transaction. Gap marks, which only say how long they are, and
 * segments of calls that are not known are left out. Answers how many are in the index.
 */
export async function indexSegments(trx: Db, segments: readonly Spoken[]): Promise<number> {
  if (segments.length === 0) return 0;
  const origins = await originsOf(trx, [...new Set(segments.map(({ callId }) => callId))]);
  const known = await textsOf(
    trx,
    segments.map(({ id }) => id),
  );
  let indexed = 0;
  for (const segment of segments) {
    const origin = origins.get(segment.callId);
    if (!origin) continue;
    const text = segment.mark === 'gap' ? '' : fold(segment.text);
    const spokenMs = Math.max(0, Math.round(origin.epochMs + segment.startMs));
    const before = known.get(segment.id);
    if (before?.text === text && before.spoken_ms === spokenMs && before.speaker === segment.speaker) continue;
    if (before) await removeText(trx, before);
    if (text === '') continue;
    const { id, callId, speaker } = segment;
    await addText(trx, { segment_id: id, call_id: callId, prison_id: origin.prisonId, speaker, spoken_ms: spokenMs, text });
    indexed++;
  }
  return indexed;
}

async function textsOf(trx: Db, segmentIds: readonly string[]): Promise<Map<string, Text>> {
  const rows = await tables(trx).selectFrom('transcript_texts').selectAll().where('segment_id', 'in', segmentIds).execute();
  return new Map(rows.map((row) => [row.segment_id, { ...row, place: Number(row.place), spoken_ms: Number(row.spoken_ms) }]));
}

/** Which prison's a conversation is and when it began: as its recording says, or before there is one as the call or conversation does. */
async function originsOf(trx: Db, callIds: readonly string[]): Promise<Map<string, Origin>> {
  const recorded = await tables(trx)
    .selectFrom('recordings')
    .select(['call_id as id', 'prison_id', 'epoch as at'])
    .where('call_id', 'in', callIds)
    .execute();
  const origins = new Map<string, Origin>();
  const add = (rows: readonly { id: string; prison_id: string; at: string }[]) => {
    for (const { id, prison_id, at } of rows) origins.set(id, { prisonId: prison_id, epochMs: Date.parse(at) });
  };
  add(recorded);
  const missing = () => callIds.filter((id) => !origins.has(id));
  if (missing().length > 0)
    add(await tables(trx).selectFrom('calls').select(['id', 'prison_id', 'starts_at as at']).where('id', 'in', missing()).execute());
  if (missing().length > 0) {
    const query = tables(trx).selectFrom('conversations').select(['id', 'prison_id', 'started_at as at']);
    add(await query.where('id', 'in', missing()).execute());
  }
  return origins;
}

/** Segments that are removed, or no more to be found. In the caller's transaction. */
export async function removeFromIndex(trx: Db, segmentIds: readonly string[]): Promise<void> {
  for (const text of (await textsOf(trx, segmentIds)).values()) await removeText(trx, text);
}

async function removeText(trx: Db, { place, prison_id, text }: Text): Promise<void> {
  await tables(trx).deleteFrom('transcript_grams').where('term', 'in', termsOf(prison_id, text)).where('place', '=', place).execute();
  await tables(trx).deleteFrom('transcript_texts').where('place', '=', place).execute();
}

/** Somebody else may have spoken in the same millisecond: then the next place is tried. */
const MOST_TRIES = 64;
const AT_ONCE = 4000;

async function addText(trx: Db, text: Omit<Text, 'place'>): Promise<void> {
  const beside = besideOf(text.segment_id);
  for (let attempt = 0; ; attempt++) {
    const place = placeOf(text.spoken_ms, beside + attempt);
    try {
      await tables(trx)
        .insertInto('transcript_texts')
        .values({ place, ...text })
        .execute();
      const rows = termsOf(text.prison_id, text.text).map((term) => ({ term, place }));
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        const some = rows.slice(from, from + AT_ONCE);
        await tables(trx).insertInto('transcript_grams').values(some).execute();
      }
      return;
    } catch (error) {
      if (!isDuplicateKey(error) || attempt >= MOST_TRIES) throw error;
    }
  }
}

/** Few, as each page keeps others from writing for a moment. */
const PAGE = 100;

/**
 * Indexes final segments that are not in the index (of versions that had none). May be broken off and run again: what is there already is passed
 * over. Answers how many were added.
 */
export async function indexMissing(db: Db, signal: AbortSignal, note: (text: string) => void = () => undefined): Promise<number> {
  let added = 0;
  for (let cursor: string | null = ''; cursor !== null && !signal.aborted; ) {
    const rows: { id: string; known: string | null }[] = await tables(db)
      .selectFrom('transcript_segments')
      .leftJoin('transcript_texts', 'transcript_texts.segment_id', 'transcript_segments.id')
      .select(['transcript_segments.id', 'transcript_texts.segment_id as known'])
      .where('transcript_segments.id', '>', cursor)
      .where('transcript_segments.final', '=', 1)
      .where('transcript_segments.text', '!=', '')
      .orderBy('transcript_segments.id')
      .limit(PAGE)
      .execute();
    const missing = rows.filter(({ known }) => known === null).map(({ id }) => id);
    if (missing.length > 0) added += await indexThese(db, missing);
    if (missing.length > 0) note(`${added} 条已编入索引 indexed`);
    cursor = rows.length === PAGE ? (rows.at(-1)?.id ?? null) : null;
  }
  return added;
}

/** Read anew inside, as they may have been replaced since. */
const indexThese = (db: Db, ids: readonly string[]): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const rows = await tables(trx)
      .selectFrom('transcript_segments')
      .select(['id', 'call_id', 'speaker', 'start_ms', 'text', 'mark'])
      .where('id', 'in', ids)
      .where('final', '=', 1)
      .forUpdate()
      .execute();
    const toSpoken = ({ id, call_id, speaker, start_ms, text, mark }: (typeof rows)[number]) =>
      ({ id, callId: call_id, speaker, startMs: start_ms, text, mark: mark ?? undefined }) as Spoken;
    return indexSegments(trx, rows.map(toSpoken));
  });
