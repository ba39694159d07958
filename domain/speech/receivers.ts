import { QinqiaoError } from '@qinqiao/contracts';
import type { Clock, Db } from '@qinqiao/server-kit';
import type { Message, Receivers } from '../outbox/index.ts';
import { hasText, heardTracks, transcriptGaps } from '../transcripts/index.ts';
import { findTranscription, requestTranscription } from './transcriptions.ts';
import { markUnheard } from './unheard.ts';

interface Deps {
  db: Db;
  clock: Clock;
  /** Whether there is any engine: without one, whole conversations wait for nothing. */
  hasEngine: () => Promise<boolean>;
}

/**
 * Once a recording is ready, what nobody has heard of it is transcribed: the gaps in the transcript, or the whole when no bridge has heard it. A
 * message may come twice.
 */
export function speechReceivers(deps: Deps): Receivers {
  return {
    'recording.ready': async ({ payload }: Message) => {
      const { id, callId } = payload as { id?: string; callId?: string };
      await transcribeWhatIsMissing(deps, callId ?? id ?? '');
    },
  };
}

/** Answers whether it was asked for. */
export async function transcribeWhatIsMissing({ db, clock, hasEngine }: Deps, conversationId: string): Promise<boolean> {
  if (await findTranscription(db, conversationId)) return false;
  const heard = await heardTracks(db, conversationId);
  const mayBeUnheard = heard.length === 0 && !(await hasText(db, conversationId)) && (await hasEngine());
  try {
    return await db.transaction().execute(async (trx) => {
      if (heard.length > 0) await markUnheard(trx, conversationId, heard, clock);
      const open = (await transcriptGaps(trx, conversationId)).filter(({ tried }) => !tried);
      if (open.length === 0 && !mayBeUnheard) return false;
      await requestTranscription(trx, { conversationId, reason: open.length > 0 ? 'gap' : 'missed', clock });
      return true;
    });
  } catch (error) {
    if (error instanceof QinqiaoError && ['not_found', 'recording_deleted'].includes(error.code)) return false;
    throw error;
  }
}
