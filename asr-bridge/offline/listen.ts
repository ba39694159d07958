import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, ParticipantId, Speaker, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import type { Clock } from '@qinqiao/server-kit';
import { ArrivalLog, SAMPLES_PER_MS, TimeMap } from '../audio/time-map.ts';
import { EngineFeeder, type PlacedText } from '../engine/feeder.ts';
import type { OfflineStream } from '../engine/pool.ts';
import { soleEngine } from '../engine/source.ts';
import type { BridgeSettings } from '../settings.ts';
import { Segmenter } from '../transcript/segmenter.ts';
import type { LookFor } from '../transcript/word-watch.ts';

/** So much is given to an engine that it has not taken yet. */
const AHEAD_MS = 5000;
const TICK_MS = 100;
/** An engine that stays away so long is not waited for: the job comes back later. */
const MOST_LOST_MS = 20_000;

/** A stretch that was missed, and what was understood right before and after it. */
export interface Stretch {
  fromMs: number;
  toMs: number;
  before: string;
  after: string;
}

export interface ListenOptions {
  stream: OfflineStream;
  speaker: { callId: CallId; participantId: ParticipantId; speaker: Speaker };
  /** Millisecond of the conversation at which the sound begins. */
  fromMs: number;
  /** Only what was spoken in this stretch counts; the sound around it helps to understand it. Null: all. */
  within: Stretch | null;
  sound: AsyncIterable<Int16Array>;
  lookFor: () => LookFor;
  settings: BridgeSettings;
  clock: Clock;
  signal: AbortSignal;
  onHeard(ms: number): void;
}

export interface Listened {
  segments: TranscriptSegment[];
  alerts: WordAlert[];
  /** Milliseconds of sound that the engine has not understood. */
  unheardMs: number;
  heardMs: number;
}

/**
 * Lets an engine hear recorded sound as it hears a live speaker, at the engine's pace and by the same rules. Throws when the engine stays away, or
 * the signal's reason.
 */
export async function listen(options: ListenOptions): Promise<Listened> {
  const { stream, speaker, fromMs, within, lookFor, settings, clock, signal } = options;
  const result: Listened = { segments: [], alerts: [], unheardMs: 0, heardMs: 0 };
  const audio = { callTime: new TimeMap(), arrivals: new ArrivalLog() };
  audio.callTime.set(0, fromMs);
  const segmenter = new Segmenter({
    speaker,
    engine: stream.engine,
    audio,
    matcher: () => lookFor().matcher,
    expectedLanguages: () => lookFor().expectedLanguages,
    clock,
    onSegment: (segment) => {
      if (segment.final && segment.text !== '' && segment.mark === undefined) result.segments.push({ ...segment, source: 'offline' });
    },
    onAlert: (alert) => result.alerts.push(alert),
  });
  let lostSince: number | null = null;
  let lostReason = '';
  const feeder = new EngineFeeder({
    source: soleEngine(stream.engine),
    hints: () => ({ words: lookFor().hints }),
    settings,
    events: {
      text: (text) => {
        const own = text.final ? cutTo(text, fromMs, within) : null;
        if (own) segmenter.text(own);
      },
      state: (state, detail) => {
        lostSince = state === 'lost' ? (lostSince ?? performance.now()) : null;
        if (state === 'lost') lostReason = detail ?? '';
      },
      brokenOff: () => undefined,
      gap: (from, to) => {
        result.unheardMs += (to - from) / SAMPLES_PER_MS;
      },
      outage: () => undefined,
    },
  });
  const ticker = setInterval(() => feeder.tick(performance.now()), TICK_MS);
  const startedAt = performance.now();
  let position = 0;
  try {
    for await (const pcm of options.sound) {
      feeder.append(pcm);
      position += pcm.length;
      audio.arrivals.add(position, clock.now().getTime());
      result.heardMs = position / SAMPLES_PER_MS;
      options.onHeard(result.heardMs);
      for (;;) {
        signal.throwIfAborted();
        if (lostSince !== null && performance.now() - lostSince > MOST_LOST_MS) throw new Error(`speech engine: ${lostReason}`);
        const aheadMs = (position - feeder.heard) / SAMPLES_PER_MS;
        const earlyMs = result.heardMs / stream.speed - (performance.now() - startedAt);
        if (aheadMs < AHEAD_MS && earlyMs <= 0) break;
        await sleep(aheadMs < AHEAD_MS ? Math.min(TICK_MS, Math.max(5, earlyMs)) : TICK_MS);
      }
    }
    await feeder.close();
  } finally {
    clearInterval(ticker);
    if (signal.aborted) void feeder.close();
  }
  return result;
}

/** How far from its edges a word still belongs to a stretch, and how near to them it may have been heard from both sides. */
const EDGE_MS = 150;
const BOTH_MS = 400;

/** The part of a text that was spoken within a stretch; null when none was. */
function cutTo(text: PlacedText, fromMs: number, within: ListenOptions['within']): PlacedText | null {
  if (!within) return text;
  const at = (ms: number) => (ms - fromMs) * SAMPLES_PER_MS;
  const [from, to] = [at(within.fromMs - EDGE_MS), at(within.toMs + EDGE_MS)];
  if (text.spans.length === 0) {
    const middle = (text.start + text.end) / 2;
    return middle >= from && middle <= to ? text : null;
  }
  const inside = unlessHeard(
    text,
    text.spans.filter(({ end }) => end > from && end <= to),
    within,
    at,
  );
  const [first, last] = [inside[0], inside.at(-1)];
  if (!first || !last) return null;
  const tail = last === text.spans.at(-1) ? text.text.length : last.offset + last.length;
  const spans = inside.map((span) => ({ ...span, offset: span.offset - first.offset }));
  const start = first === text.spans[0] ? text.start : Math.max(text.start, from);
  return { final: true, text: text.text.slice(first.offset, tail), start, end: last === text.spans.at(-1) ? text.end : last.end, spans };
}

/** A word that an edge cuts in two may have been understood live from the other part: then it stands there already. */
function unlessHeard(text: PlacedText, inside: PlacedText['spans'], { fromMs, toMs, before, after }: Stretch, at: (ms: number) => number) {
  const word = (span: PlacedText['spans'][number] | undefined) =>
    text.text.slice(span?.offset ?? 0, (span?.offset ?? 0) + (span?.length ?? 0));
  const bare = (live: string) => live.replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, '');
  const [first, last] = [inside[0], inside.at(-1)];
  const isAtBegin = first !== undefined && first.end < at(fromMs + BOTH_MS) && word(first) !== '' && bare(before).endsWith(word(first));
  const isAtEnd = last !== undefined && last.end > at(toMs - BOTH_MS) && word(last) !== '' && bare(after).startsWith(word(last));
  return inside.slice(isAtBegin ? 1 : 0, isAtEnd ? -1 : undefined);
}
