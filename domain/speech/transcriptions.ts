import { QinqiaoError, type TranscriptionPriority, type TranscriptionReason } from '@qinqiao/contracts';
import { type Clock, type Db, JobQueue, localDay, systemClock, toInstant } from '@qinqiao/server-kit';
import type { CallTables } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import type { RecordingTables } from '../recordings/index.ts';
import type { WordTables } from '../words/index.ts';
import type { SpeechTables } from './migrations.ts';
import { PRIORITY_NUMBER } from './queues.ts';

export type TranscriptionRow = SpeechTables['transcriptions'];
const tables = (db: Db) => db.withTables<SpeechTables & ConversationTables & CallTables & RecordingTables & WordTables>();

export const TRANSCRIPTION_JOB = 'speech.transcribe';

export interface TranscriptionRequest {
  conversationId: string;
  /** gap: its transcript has gaps · missed: nobody has heard it · intake: it came as a file · again: an officer wants it anew */
  reason: TranscriptionReason;
  /** Left out: by what is known of the conversation. */
  priority?: TranscriptionPriority | undefined;
  clock?: Clock;
}

/**
 * Asks for the transcription of a conversation's recording, in the caller's transaction. One that waits or runs already stays as it is; the answer
 * is its row. Throws `not_found` when nothing is known of the conversation, `recording_deleted`.
 */
export async function requestTranscription(trx: Db, request: TranscriptionRequest): Promise<TranscriptionRow> {
  const { conversationId, reason, clock = systemClock } = request;
  const before = await lock(trx, conversationId);
  if (before?.state === 'queued' || before?.state === 'running') return before;
  const known = await factsOf(trx, conversationId);
  if (!known) throw new QinqiaoError('not_found');
  const recording = tables(trx).selectFrom('recordings').select('state').where('call_id', '=', conversationId);
  if ((await recording.executeTakeFirst())?.state === 'deleted') throw new QinqiaoError('recording_deleted');
  const priority = request.priority ?? (await priorityOf(trx, conversationId, reason, known.startedAt, clock));
  const row: TranscriptionRow = {
    conversation_id: conversationId,
    prison_id: known.prisonId,
    state: 'queued',
    priority,
    reason,
    progress: 0,
    attempts: 0,
    engine: null,
    error: null,
    segments: 0,
    gaps_left: 0,
    requested_at: toInstant(clock.now()),
    started_at: null,
    finished_at: null,
    version: (before?.version ?? 0) + 1,
  };
  if (before) await tables(trx).updateTable('transcriptions').set(row).where('conversation_id', '=', conversationId).execute();
  else await tables(trx).insertInto('transcriptions').values(row).execute();
  const job = { kind: TRANSCRIPTION_JOB, key: conversationId, payload: { conversationId, reason }, priority: PRIORITY_NUMBER[priority] };
  await new JobQueue(trx, { owner: 'asked', clock }).enqueue(trx, job);
  return row;
}

export const findTranscription = (db: Db, conversationId: string): Promise<TranscriptionRow | undefined> =>
  tables(db).selectFrom('transcriptions').selectAll().where('conversation_id', '=', conversationId).executeTakeFirst();

/** A failed one is tried anew, for the reason it had. Throws `not_found`, `wrong_state`. In the caller's transaction. */
export async function retryTranscription(trx: Db, conversationId: string, clock: Clock): Promise<TranscriptionRow> {
  const row = await lock(trx, conversationId);
  if (!row) throw new QinqiaoError('not_found');
  if (row.state !== 'failed') throw new QinqiaoError('wrong_state');
  const { reason, priority } = row;
  return requestTranscription(trx, { conversationId, reason, priority, clock });
}

/** Moves one that waits to another queue. Throws `not_found`, `edit_conflict`, `wrong_state` when it does not wait. In the caller's transaction. */
export async function prioritiseTranscription(
  trx: Db,
  conversationId: string,
  priority: TranscriptionPriority,
  version: number,
): Promise<{ before: TranscriptionRow; after: TranscriptionRow }> {
  const before = await lock(trx, conversationId);
  if (!before) throw new QinqiaoError('not_found');
  if (before.version !== version) throw new QinqiaoError('edit_conflict');
  const moved = await new JobQueue(trx, { owner: 'asked' }).prioritise(trx, TRANSCRIPTION_JOB, conversationId, PRIORITY_NUMBER[priority]);
  if (!moved) throw new QinqiaoError('wrong_state');
  const after = { ...before, priority, version: version + 1 };
  await tables(trx).updateTable('transcriptions').set(after).where('conversation_id', '=', conversationId).execute();
  return { before, after };
}

/** Notes how a transcription goes, for those who look at it. */
export async function noteTranscription(
  db: Db,
  conversationId: string,
  change: Partial<Omit<TranscriptionRow, 'conversation_id' | 'prison_id' | 'version'>>,
): Promise<void> {
  await tables(db).updateTable('transcriptions').set(change).where('conversation_id', '=', conversationId).execute();
}

const lock = (trx: Db, conversationId: string) =>
  tables(trx).selectFrom('transcriptions').selectAll().where('conversation_id', '=', conversationId).forUpdate().executeTakeFirst();

async function factsOf(db: Db, id: string): Promise<{ prisonId: string; startedAt: string } | null> {
  const conversation = await tables(db)
    .selectFrom('conversations')
    .select(['prison_id', 'started_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (conversation) return { prisonId: conversation.prison_id, startedAt: conversation.started_at };
  const call = await tables(db).selectFrom('calls').select(['prison_id', 'starts_at']).where('id', '=', id).executeTakeFirst();
  return call ? { prisonId: call.prison_id, startedAt: call.starts_at } : null;
}

/** Gaps of today's first, then what has words, then the rest; what is done again waits longest. */
async function priorityOf(
  db: Db,
  id: string,
  reason: TranscriptionReason,
  startedAt: string,
  clock: Clock,
): Promise<TranscriptionPriority> {
  if (reason === 'again') return 'low';
  const { from, to } = localDay(clock.now());
  if (reason === 'gap' && startedAt >= from && startedAt < to) return 'urgent';
  const alert = await tables(db).selectFrom('word_alerts').select('id').where('call_id', '=', id).limit(1).executeTakeFirst();
  return alert ? 'alerts' : 'normal';
}
