import type { AttentionReason, ConversationRecording } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { PictureWarningTables } from '../picture-warnings/index.ts';
import type { RecordingTables } from '../recordings/index.ts';
import { readParameter } from '../settings/index.ts';
import type { TranscriptTables } from '../transcripts/index.ts';
import type { WordTables } from '../words/index.ts';
import type { ConversationTables } from './migrations.ts';

type Row = ConversationTables['conversations'];
/** What a conversation is, apart from what officers made of it. */
export type Facts = Pick<
  Row,
  | 'id'
  | 'kind'
  | 'prison_id'
  | 'ward_id'
  | 'inmate_id'
  | 'inmate_number'
  | 'inmate_name'
  | 'level'
  | 'family_id'
  | 'family_name'
  | 'relation'
  | 'room_id'
  | 'started_at'
  | 'ended_at'
  | 'day'
  | 'from_ms'
  | 'duration_ms'
  | 'words'
  | 'word_level'
  | 'warnings'
  | 'screenshots'
  | 'has_words'
  | 'has_warnings'
  | 'attention_found'
  | 'held'
  | 'recording'
>;

const tables = (db: Db) => db.withTables<CallTables & RecordingTables & WordTables & PictureWarningTables & TranscriptTables>();
const flag = (value: boolean) => (value ? 1 : 0);

export async function recordingFacts(db: Db, callId: string): Promise<{ recording: ConversationRecording; held: 0 | 1 }> {
  const row = await tables(db).selectFrom('recordings').select(['state', 'held']).where('call_id', '=', callId).executeTakeFirst();
  return { recording: row?.state ?? 'none', held: row?.held ?? 0 };
}

/** The stretch that the combined file covers, or what all files cover. */
export async function playable(db: Db, callId: string): Promise<Pick<Row, 'from_ms' | 'duration_ms'> | null> {
  const files = tables(db).selectFrom('recording_files').select(['kind', 'start_ms', 'duration_ms']).where('call_id', '=', callId);
  const rows = await files.where('kind', 'in', ['audio', 'video', 'combined']).execute();
  const combined = rows.filter(({ kind }) => kind === 'combined');
  const used = (combined.length > 0 ? combined : rows).map((row) => ({ from: Number(row.start_ms), length: Number(row.duration_ms) }));
  if (used.length === 0) return null;
  const from = Math.max(0, Math.min(...used.map((one) => one.from)));
  const to = Math.max(...used.map((one) => one.from + one.length));
  return { from_ms: Math.round(from), duration_ms: Math.max(0, Math.round(to - from)) };
}

/** What was noticed in it, with the reasons to look closer. Where an officer corrected a line, its words count instead of its alerts. */
export async function incidents(db: Db, callId: string) {
  const words = await wordsIn(db, callId);
  const { count: warned } = await tables(db)
    .selectFrom('picture_warnings')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('call_id', '=', callId)
    .where('verdict', '!=', 'wrong')
    .executeTakeFirstOrThrow();
  const { count: shots } = await tables(db)
    .selectFrom('call_events')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('call_id', '=', callId)
    .where('kind', '=', 'screenshot')
    .executeTakeFirstOrThrow();
  const warnings = Number(warned);
  const counts = { words: words.count, warnings, screenshots: Number(shots) };
  const flags = { has_words: flag(words.count > 0), has_warnings: flag(warnings > 0) } as const;
  const reasons: [AttentionReason, boolean][] = [
    ['words', words.level > 0 && words.level >= (await readParameter(db.withoutPlugins(), 'transcript.attentionLevel'))],
    ['foreign', await hasSegment(db, callId, 'foreign_language', 1)],
    ['gap', await hasSegment(db, callId, 'mark', 'gap')],
    ['pictures', warnings > 0],
  ];
  const attention_found = reasons.flatMap(([reason, found]) => (found ? [reason] : [])).join(',');
  return { ...counts, ...flags, word_level: words.level, attention_found };
}

async function wordsIn(db: Db, callId: string): Promise<{ count: number; level: number }> {
  const corrected = tables(db).selectFrom('transcript_segments').select('id').where('call_id', '=', callId).where('version', '>', 0);
  const alerts = await tables(db)
    .selectFrom('word_alerts')
    .select(({ fn }) => [fn.countAll<number | string>().as('count'), fn.max('level').as('level')])
    .where('call_id', '=', callId)
    .where('state', '!=', 'unconfirmed')
    .where('verdict', '!=', 'wrong')
    .where('segment_id', 'not in', corrected)
    .executeTakeFirstOrThrow();
  const found = await tables(db)
    .selectFrom('transcript_words')
    .select(({ fn }) => [fn.countAll<number | string>().as('count'), fn.max('level').as('level')])
    .where('call_id', '=', callId)
    .executeTakeFirstOrThrow();
  return { count: Number(alerts.count) + Number(found.count), level: Math.max(Number(alerts.level ?? 0), Number(found.level ?? 0)) };
}

async function hasSegment(db: Db, callId: string, column: 'foreign_language' | 'mark', value: 1 | 'gap'): Promise<boolean> {
  const query = tables(db).selectFrom('transcript_segments').select('id').where('call_id', '=', callId).where('final', '=', 1);
  return (await query.where(column, '=', value).limit(1).executeTakeFirst()) !== undefined;
}
