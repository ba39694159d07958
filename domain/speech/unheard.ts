import type { CallId, TranscriptSegment } from '@qinqiao/contracts';
import { type Clock, type Db, newId } from '@qinqiao/server-kit';
import { recordingView } from '../recordings/index.ts';
import { type HeardTrack, saveSegments, transcriptGaps } from '../transcripts/index.ts';
import { type Lane, lanesOf } from './lanes.ts';

/** So much at either end of a speaker's sound may be between what was recorded and what was heard. */
const EDGE_MS = 2000;

/**
 * Marks what was recorded of a call before the bridge came, or after it had gone for good: nobody was there to mark it then. Only of calls that some
 * bridge has heard. In the caller's transaction.
 */
export async function markUnheard(trx: Db, conversationId: string, heard: readonly HeardTrack[], clock: Clock): Promise<void> {
  const lanes = lanesOf(await recordingView(trx, conversationId as CallId, () => ''), heard);
  const gaps = await transcriptGaps(trx, conversationId);
  const own = lanes.filter(({ label }) => !label.startsWith('companion'));
  const marks = own.flatMap((lane) =>
    unheardOf(lane, heard).map(([startMs, endMs]) => markOf(lane, conversationId, startMs, endMs, clock)),
  );
  const isMarked = (mark: TranscriptSegment) =>
    gaps.some((gap) => gap.speaker === mark.speaker && gap.startMs < mark.endMs && gap.endMs > mark.startMs);
  const fresh = marks.filter((mark) => !isMarked(mark));
  await saveSegments(trx, fresh, clock);
}

function unheardOf(lane: Lane, heard: readonly HeardTrack[]): [number, number][] {
  const [from, to] = [Math.max(0, lane.startMs), lane.startMs + lane.durationMs];
  const tracks = heard.filter(({ speaker }) => speaker === lane.speaker);
  if (tracks.length === 0) return to - from > EDGE_MS ? [[from, to]] : [];
  const first = Math.min(...tracks.map(({ fromMs }) => fromMs));
  const last = Math.max(...tracks.map(({ heardMs }) => heardMs));
  const stretches: [number, number][] = [
    [from, Math.min(first, to)],
    [Math.max(last, from), to],
  ];
  return stretches.filter(([begin, end]) => end - begin > EDGE_MS);
}

function markOf(lane: Lane, conversationId: string, startMs: number, endMs: number, clock: Clock): TranscriptSegment {
  const [start, end] = [Math.round(startMs), Math.round(endMs)];
  return {
    id: newId(clock.now().getTime()),
    callId: conversationId as CallId,
    participantId: lane.participantId,
    speaker: lane.speaker,
    startMs: start,
    endMs: end,
    text: `[… ${((end - start) / 1000).toFixed(1)} s …]`,
    final: true,
    engine: 'none',
    trial: false,
    mark: 'gap',
  };
}
