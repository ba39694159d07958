import type { LineWord, TranscriptLine } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { WordTables } from '../words/index.ts';
import type { TranscriptTables } from './migrations.ts';
import { segmentRows } from './segments.ts';

const tables = (db: Db) => db.withTables<TranscriptTables & WordTables>();
type Row = TranscriptTables['transcript_segments'];

/** A page of a conversation's transcript as it is read, in the order in which it was spoken. Throws `bad_request` on a foreign cursor. */
export async function listLines(
  db: Db,
  callId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ items: TranscriptLine[]; next: string | null }> {
  const { rows, next } = await segmentRows(db, callId, page);
  return { items: await linesOf(db, rows), next };
}

/** Rows with their words and who corrected them last. */
export async function linesOf(db: Db, rows: readonly Row[]): Promise<TranscriptLine[]> {
  if (rows.length === 0) return [];
  const corrected = rows.filter(({ version }) => version > 0).map(({ id }) => id);
  const last = await lastCorrections(db, corrected);
  const words = await wordsOf(
    db,
    rows.filter(({ version }) => version === 0).map(({ id }) => id),
    corrected,
  );
  return rows.map((row) => ({
    id: row.id,
    participantId: row.participant_id,
    speaker: row.speaker as TranscriptLine['speaker'],
    startMs: row.start_ms,
    endMs: row.end_ms,
    text: row.text,
    final: row.final === 1,
    mark: row.mark as TranscriptLine['mark'],
    source: row.source,
    foreign: row.foreign_language === 1,
    engine: row.engine,
    trial: row.trial === 1,
    words: words.get(row.id) ?? [],
    version: row.version,
    correctedBy: last.get(row.id)?.officer_name ?? null,
    correctedAt: last.get(row.id)?.at ?? null,
  }));
}

async function lastCorrections(db: Db, ids: readonly string[]): Promise<Map<string, { officer_name: string; at: string }>> {
  if (ids.length === 0) return new Map();
  const query = tables(db).selectFrom('transcript_corrections').select(['segment_id', 'officer_name', 'at']);
  const rows = await query.where('segment_id', 'in', ids).orderBy('version').execute();
  return new Map(rows.map((row) => [row.segment_id, row]));
}

/** Of recognised text its alerts, of corrected text what was found in it. */
async function wordsOf(db: Db, recognised: readonly string[], corrected: readonly string[]): Promise<Map<string, LineWord[]>> {
  const columns = ['segment_id', 'word', 'level', 'match_kind', 'category', 'note', 'text_offset', 'text_length'] as const;
  const alerts =
    recognised.length === 0
      ? []
      : await tables(db)
          .selectFrom('word_alerts')
          .select([...columns, 'state', 'verdict'])
          .where('segment_id', 'in', recognised)
          .execute();
  const found =
    corrected.length === 0
      ? []
      : await tables(db).selectFrom('transcript_words').select(columns).where('segment_id', 'in', corrected).execute();
  const words = new Map<string, LineWord[]>();
  for (const row of [...alerts, ...found.map((one) => ({ ...one, state: 'confirmed', verdict: 'open' as const }))]) {
    const list = words.get(row.segment_id) ?? [];
    words.set(row.segment_id, list);
    const where = { offset: row.text_offset, length: row.text_length };
    const what = { word: row.word, level: row.level, match: row.match_kind, category: row.category, note: row.note };
    list.push({ ...where, ...what, unconfirmed: row.state === 'unconfirmed' || row.verdict === 'wrong' });
  }
  for (const list of words.values()) list.sort((one, other) => one.offset - other.offset);
  return words;
}
