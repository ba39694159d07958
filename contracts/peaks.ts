import { z } from 'zod';
import type { Stretch } from './conversations.ts';

/** The waveform of one participant's voice: `<label>-peaks.json` of a recording. */
export const Peaks = z.object({
  version: z.number(),
  participant: z.string(),
  /** Millisecond of the call at which the first pair lies. */
  fromMs: z.number(),
  /** Pairs in a second. */
  perSecond: z.number().positive(),
  /** Base64 of Int8 pairs: least and greatest sample, -128…127. */
  peaks: z.string(),
});
export type Peaks = z.infer<typeof Peaks>;

/** Loudest sample of each pair, 0…128. */
export function loudness({ peaks }: Pick<Peaks, 'peaks'>): Uint8Array {
  const bytes = Int8Array.from(atob(peaks), (character) => character.charCodeAt(0));
  return Uint8Array.from({ length: bytes.length >> 1 }, (_, index) => Math.max(-(bytes[index * 2] ?? 0), bytes[index * 2 + 1] ?? 0));
}

/** Below it there is no voice, only room. */
const QUIET = 5;
const STEP_MS = 100;
/** Shorter pauses belong to speech. */
const SHORTEST_MS = 2000;
/** Kept at both ends, so that no word is cut. */
const EDGE_MS = 400;

/** Where nobody speaks for a while, from the voices of all. The player skips exactly this, and the server counts exactly this as skipped. */
export function silences(all: readonly Peaks[], { fromMs, toMs }: Stretch): Stretch[] {
  if (all.length === 0) return [];
  const steps = new Uint8Array(Math.max(0, Math.ceil((toMs - fromMs) / STEP_MS)));
  for (const peaks of all) {
    for (const [index, loud] of loudness(peaks).entries()) {
      if (loud <= QUIET) continue;
      const first = Math.floor((peaks.fromMs + (index * 1000) / peaks.perSecond - fromMs) / STEP_MS);
      const last = Math.floor((peaks.fromMs + ((index + 1) * 1000) / peaks.perSecond - 1 - fromMs) / STEP_MS);
      for (let step = Math.max(0, first); step <= last && step < steps.length; step++) steps[step] = 1;
    }
  }
  return quietRuns(steps)
    .map(([first, last]) => ({ fromMs: fromMs + first * STEP_MS + EDGE_MS, toMs: Math.min(toMs, fromMs + last * STEP_MS) - EDGE_MS }))
    .filter((stretch) => stretch.toMs - stretch.fromMs >= SHORTEST_MS - 2 * EDGE_MS);
}

/** First step of each run of quiet ones, and the one after its last. */
function quietRuns(steps: Uint8Array): [number, number][] {
  const runs: [number, number][] = [];
  let first = -1;
  for (let step = 0; step <= steps.length; step++) {
    const quiet = step < steps.length && steps[step] === 0;
    if (quiet && first < 0) first = step;
    if (!quiet && first >= 0) {
      runs.push([first, step]);
      first = -1;
    }
  }
  return runs;
}
