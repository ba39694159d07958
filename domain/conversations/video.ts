import type { ConversationRecording } from '@qinqiao/contracts';
import { type Db, dayOf } from '@qinqiao/server-kit';
import { type CallTables, parseSession } from '../calls/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { PictureWarningTables } from '../picture-warnings/index.ts';
import type { RecordingTables } from '../recordings/index.ts';
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
  | 'held'
  | 'recording'
>;

const tables = (db: Db) => db.withTables<CallTables & PeopleTables & RecordingTables & WordTables & PictureWarningTables>();
const flag = (value: boolean) => (value ? 1 : 0);

/** What is known of a video call that is over. Null: it is not over, or nobody talked and nothing was recorded. */
export async function videoFacts(db: Db, callId: string): Promise<Facts | null> {
  const call = await tables(db)
    .selectFrom('calls')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .innerJoin('families', 'families.id', 'calls.family_id')
    .select(['calls.prison_id', 'calls.room_id', 'calls.inmate_id', 'calls.family_id', 'calls.relation', 'calls.session'])
    .select(['inmates.ward_id', 'inmates.number as inmate_number', 'inmates.name as inmate_name', 'inmates.level'])
    .select('families.name as family_name')
    .where('calls.id', '=', callId)
    .executeTakeFirst();
  if (!call) return null;
  const { session: text, ...people } = call;
  const session = parseSession(text);
  const recording = await recordingFacts(db, callId);
  const started_at = session.liveSince ?? session.begunAt;
  if (session.state !== 'ended' || !started_at || (!session.liveSince && recording.recording === 'none')) return null;
  const ended_at = session.endedAt ?? session.endsAt;
  const played = await playable(db, callId);
  const from = played ?? { from_ms: 0, duration_ms: Math.max(0, Date.parse(ended_at) - Date.parse(session.begunAt ?? started_at)) };
  const happened = await incidents(db, callId);
  return { id: callId, kind: 'video', ...people, started_at, ended_at, day: dayOf(started_at), ...from, ...happened, ...recording };
}

async function recordingFacts(db: Db, callId: string): Promise<{ recording: ConversationRecording; held: 0 | 1 }> {
  const row = await tables(db).selectFrom('recordings').select(['state', 'held']).where('call_id', '=', callId).executeTakeFirst();
  return { recording: row?.state ?? 'none', held: row?.held ?? 0 };
}

/** The stretch that the combined file covers, or what all files cover. */
async function playable(db: Db, callId: string): Promise<Pick<Row, 'from_ms' | 'duration_ms'> | null> {
  const files = tables(db).selectFrom('recording_files').select(['kind', 'start_ms', 'duration_ms']).where('call_id', '=', callId);
  const rows = await files.where('kind', 'in', ['audio', 'video', 'combined']).execute();
  const combined = rows.filter(({ kind }) => kind === 'combined');
  const used = (combined.length > 0 ? combined : rows).map((row) => ({ from: Number(row.start_ms), length: Number(row.duration_ms) }));
  if (used.length === 0) return null;
  const from = Math.max(0, Math.min(...used.map((one) => one.from)));
  const to = Math.max(...used.map((one) => one.from + one.length));
  return { from_ms: Math.round(from), duration_ms: Math.max(0, Math.round(to - from)) };
}

async function incidents(db: Db, callId: string) {
  const words = await tables(db)
    .selectFrom('word_alerts')
    .select(({ fn }) => [fn.countAll<number | string>().as('count'), fn.max('level').as('level')])
    .where('call_id', '=', callId)
    .where('state', '!=', 'unconfirmed')
    .executeTakeFirstOrThrow();
  const warnings = await tables(db)
    .selectFrom('picture_warnings')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('call_id', '=', callId)
    .where('verdict', '!=', 'wrong')
    .executeTakeFirstOrThrow();
  const screenshots = await tables(db)
    .selectFrom('call_events')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('call_id', '=', callId)
    .where('kind', '=', 'screenshot')
    .executeTakeFirstOrThrow();
  const counts = { words: Number(words.count), warnings: Number(warnings.count), screenshots: Number(screenshots.count) };
  const flags = { has_words: flag(counts.words > 0), has_warnings: flag(counts.warnings > 0) } as const;
  return { ...counts, ...flags, word_level: Number(words.level ?? 0) };
}
