import type { CallId, ParticipantId, Role, TrackId } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, systemClock, toInstant } from '@qinqiao/server-kit';
import type { TranscriptTables } from './migrations.ts';

type Row = TranscriptTables['transcript_channels'];

/** One track of a call as far as it has been heard. */
export interface HeardChannel {
  callId: CallId;
  trackId: TrackId;
  participantId: ParticipantId;
  speaker: Role;
  /** Millisecond of the call at which it was heard first; kept as it was stored first. */
  fromMs?: number;
  /** Millisecond of the call up to which its audio has come. */
  heardMs: number;
  open: boolean;
}

/** Notes how far tracks have been heard, and that they are still looked after. Runs within the caller's transaction when `db` is one. */
export async function saveChannels(db: Db, channels: readonly HeardChannel[], clock: Clock = systemClock): Promise<void> {
  const now = toInstant(clock.now());
  for (const channel of channels) {
    const row = toRow(channel, now);
    if (await updated(db, row)) continue;
    try {
      await db.withTables<TranscriptTables>().insertInto('transcript_channels').values(row).execute();
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await updated(db, row);
    }
  }
}

async function updated(db: Db, whole: Row): Promise<boolean> {
  const row: Partial<Row> & Pick<Row, 'call_id' | 'track_id'> = { ...whole };
  delete row.from_ms;
  const update = db.withTables<TranscriptTables>().updateTable('transcript_channels').set(row);
  const one = update.where('call_id', '=', row.call_id).where('track_id', '=', row.track_id);
  return (await one.executeTakeFirstOrThrow()).numUpdatedRows > 0n;
}

/** The tracks of a call that a crash has left open. */
export async function openChannels(db: Db, callId: string): Promise<HeardChannel[]> {
  const query = db.withTables<TranscriptTables>().selectFrom('transcript_channels').selectAll();
  return (await query.where('call_id', '=', callId).where('open', '=', 1).execute()).map(toChannel);
}

/**
 * Calls with open tracks or provisional text that no bridge has touched since `before`: a crash has left them so, and nobody has taken
 * them up again.
 */
export async function abandonedCalls(db: Db, before: Date): Promise<CallId[]> {
  const tables = db.withTables<TranscriptTables>();
  const since = toInstant(before);
  const tracks = await tables.selectFrom('transcript_channels').select(['call_id', 'updated_at']).where('open', '=', 1).execute();
  const texts = await tables.selectFrom('transcript_segments').select(['call_id', 'updated_at']).where('final', '=', 0).execute();
  const all = [...tracks, ...texts];
  const alive = new Set(all.filter((row) => row.updated_at >= since).map((row) => row.call_id));
  return [...new Set(all.map((row) => row.call_id as CallId))].filter((callId) => !alive.has(callId));
}

const toRow = (channel: HeardChannel, now: string): Row => ({
  call_id: channel.callId,
  track_id: channel.trackId,
  participant_id: channel.participantId,
  speaker: channel.speaker,
  from_ms: channel.fromMs ?? 0,
  heard_ms: channel.heardMs,
  open: channel.open ? 1 : 0,
  updated_at: now,
});

const toChannel = (row: Row): HeardChannel => ({
  callId: row.call_id as CallId,
  trackId: row.track_id as TrackId,
  participantId: row.participant_id as ParticipantId,
  speaker: row.speaker as Role,
  heardMs: row.heard_ms,
  open: row.open === 1,
});
