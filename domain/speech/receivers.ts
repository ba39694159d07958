import { QinqiaoError } from '@qinqiao/contracts';
import type { Clock, Db } from '@qinqiao/server-kit';
import type { Message, Receivers } from '../outbox/index.ts';
import { hasText, heardParticipants, transcriptGaps } from '../transcripts/index.ts';
import { findTranscription, requestTranscription } from './transcriptions.ts';

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
  const open = (await transcriptGaps(db, conversationId)).filter(({ tried }) => !tried);
  const isUnheard = open.length === 0 && (await heardParticipants(db, conversationId)).length === 0 && !(await hasText(db, conversationId));
  if (open.length === 0 && !(isUnheard && (await hasEngine()))) return false;
  const reason = isUnheard ? ('missed' as const) : ('gap' as const);
  try {
    await db.transaction().execute((trx) => requestTranscription(trx, { conversationId, reason, clock }));
    return true;
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'not_found') return false;
    throw error;
  }
}
