import type { CallId, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { abandonedCalls, cutProvisional, openChannels, saveChannels } from '@qinqiao/domain/transcripts';
import { settleAlerts } from '@qinqiao/domain/words';
import type { Clock, Db } from '@qinqiao/server-kit';

export interface TakenUp {
  /** Participant → millisecond of the call up to which they had been heard. */
  heardBefore: Map<string, number>;
  /** What had been provisional and is now final, marked `cut`, with the alerts in it. */
  segments: TranscriptSegment[];
  alerts: WordAlert[];
}

/** Puts right what a crash has left of a call's transcript, before the call is heard again or because it never will be. */
export async function takeUp(db: Db, callId: CallId, clock: Clock): Promise<TakenUp> {
  return db.transaction().execute(async (trx) => {
    const channels = await openChannels(trx, callId);
    await saveChannels(
      trx,
      channels.map((channel) => ({ ...channel, open: false })),
      clock,
    );
    const segments = await cutProvisional(trx, callId, clock);
    const alerts = await settleAlerts(
      trx,
      segments.map(({ id }) => id),
    );
    const heardBefore = new Map<string, number>();
    for (const { participantId, heardMs } of channels) {
      heardBefore.set(participantId, Math.max(heardMs, heardBefore.get(participantId) ?? 0));
    }
    return { heardBefore, segments, alerts };
  });
}

/** Closes the transcripts of calls that nobody has touched since `before`. */
export async function closeAbandoned(db: Db, options: { before: Date; clock: Clock; except: ReadonlySet<CallId> }): Promise<void> {
  for (const callId of await abandonedCalls(db, options.before)) {
    if (!options.except.has(callId)) await takeUp(db, callId, options.clock);
  }
}
