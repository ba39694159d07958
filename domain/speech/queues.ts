import { TRANSCRIPTION_PRIORITIES, type TranscriptionPriority, type TranscriptionQueues } from '@qinqiao/contracts';
import { type Db, isDuplicateKey } from '@qinqiao/server-kit';
import type { SpeechTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<SpeechTables>();

/** A job's priority in the jobs table: higher first. */
export const PRIORITY_NUMBER: Readonly<Record<TranscriptionPriority, number>> = { urgent: 40, alerts: 30, normal: 20, low: 10 };

/** Priorities whose jobs stand still. */
export async function pausedPriorities(db: Db): Promise<Set<TranscriptionPriority>> {
  const rows = await tables(db).selectFrom('transcription_pauses').select('priority').execute();
  return new Set(rows.map(({ priority }) => priority));
}

/** Jobs of these priorities stand still, or go on. What is running goes back to its queue within a second; nothing is lost. */
export async function pausePriorities(db: Db, priorities: readonly TranscriptionPriority[], paused: boolean): Promise<void> {
  if (!paused) {
    await tables(db).deleteFrom('transcription_pauses').where('priority', 'in', priorities).execute();
    return;
  }
  const already = await pausedPriorities(db);
  for (const priority of priorities.filter((each) => !already.has(each))) {
    await tables(db)
      .insertInto('transcription_pauses')
      .values({ priority })
      .execute()
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
  }
}

/** How many jobs each queue has. */
export async function transcriptionQueues(db: Db): Promise<TranscriptionQueues> {
  const paused = await pausedPriorities(db);
  const rows = await tables(db)
    .selectFrom('transcriptions')
    .select(['priority', 'state', ({ fn }) => fn.countAll<number | string>().as('count')])
    .where('state', 'in', ['queued', 'running', 'failed'])
    .groupBy(['priority', 'state'])
    .execute();
  const count = (priority: TranscriptionPriority, state: string) =>
    Number(rows.find((row) => row.priority === priority && row.state === state)?.count ?? 0);
  const queues = TRANSCRIPTION_PRIORITIES.map((priority) => ({
    priority,
    paused: paused.has(priority),
    queued: count(priority, 'queued'),
    running: count(priority, 'running'),
    failed: count(priority, 'failed'),
  }));
  return { queues };
}
