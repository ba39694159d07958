import { type Db, dayOf } from '@qinqiao/server-kit';
import { type CallTables, parseSession } from '../calls/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { type Facts, incidents, playable, recordingFacts } from './facts.ts';

const tables = (db: Db) => db.withTables<CallTables & PeopleTables>();

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
