import type { CallId } from '@qinqiao/contracts';
import { type Clock, dayOf, type Db, toInstant } from '@qinqiao/server-kit';
import { addConversation } from '../conversations/index.ts';
import type { Message, Receivers } from '../outbox/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { addSealingRecording, type FinishedFile } from '../recordings/index.ts';
import { requestTranscription } from '../speech/index.ts';
import { findIntake } from './intakes.ts';
import type { AudioIntakeTables } from './migrations.ts';

const NOTHING = {
  words: 0,
  word_level: 0,
  warnings: 0,
  screenshots: 0,
  has_words: 0,
  has_warnings: 0,
  attention_found: '',
  held: 0,
} as const;

/**
 * The file is converted: its conversation is there, with a recording that is to be sealed, in one transaction. Answers false when that was so
 * before, or nobody knows of the file.
 */
export async function takeIn(db: Db, clock: Clock, id: string, made: { files: FinishedFile[]; durationMs: number }): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const tables = trx.withTables<AudioIntakeTables & PeopleTables>();
    const row = await tables.selectFrom('audio_intakes').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!row || row.state === 'done') return false;
    const inmate = await tables
      .selectFrom('inmates')
      .select(['ward_id', 'level'])
      .where('id', '=', row.inmate_id)
      .executeTakeFirstOrThrow();
    const { kind, prison_id, inmate_id, inmate_number, inmate_name, family_id, relation, started_at } = row;
    const { files, durationMs } = made;
    await addConversation(trx, {
      id,
      kind,
      prison_id,
      ...inmate,
      inmate_id,
      inmate_number,
      inmate_name,
      family_id,
      family_name: row.other_party,
      relation,
      room_id: null,
      started_at,
      ended_at: toInstant(Date.parse(started_at) + durationMs),
      day: dayOf(started_at),
      from_ms: 0,
      duration_ms: durationMs,
      recording: 'sealing',
      ...NOTHING,
    });
    await addSealingRecording(trx, clock, { callId: id as CallId, prisonId: prison_id, kind, epoch: started_at, files });
    const done = { state: 'done', fault: null, duration_ms: durationMs, finished_at: toInstant(clock.now()) } as const;
    await tables.updateTable('audio_intakes').set(done).where('id', '=', id).execute();
    return true;
  });
}

/** Once the recording of what was taken in is sealed, its transcription is asked for. A message may come twice. */
export function audioIntakeReceivers({ db, clock }: { db: Db; clock: Clock }): Receivers {
  return {
    'recording.ready': async ({ payload }: Message) => {
      const { id, callId } = payload as { id?: string; callId?: string };
      const row = await findIntake(db, callId ?? id ?? '');
      if (!row) return;
      await db.transaction().execute((trx) => requestTranscription(trx, { conversationId: row.id, reason: 'intake', clock }));
    },
  };
}
