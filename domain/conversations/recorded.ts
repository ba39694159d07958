import type { Db } from '@qinqiao/server-kit';
import { type Facts, incidents, playable, recordingFacts } from './facts.ts';
import type { ConversationTables } from './migrations.ts';

/** What is known of a conversation that was taken in: who spoke, as it says itself, and what has become of its recording and transcript. */
export async function recordedFacts(db: Db, id: string): Promise<Facts | null> {
  const row = await db
    .withTables<ConversationTables>()
    .selectFrom('conversations')
    .select(['id', 'kind', 'prison_id', 'ward_id', 'inmate_id', 'inmate_number', 'inmate_name', 'level', 'family_id', 'family_name'])
    .select(['relation', 'room_id', 'started_at', 'ended_at', 'day', 'from_ms', 'duration_ms'])
    .where('id', '=', id)
    .where('kind', '!=', 'video')
    .executeTakeFirst();
  if (!row) return null;
  return { ...row, ...(await playable(db, id)), ...(await incidents(db, id)), ...(await recordingFacts(db, id)) };
}
