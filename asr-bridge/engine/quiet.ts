import { SAMPLES_PER_MS } from '../audio/time-map.ts';

const QUIET_MS = 400;
/** Mean of the samples' size: about −41 dB of the loudest there can be. */
const QUIET_LEVEL = 300;

/** Knows whether a speaker pauses, so that an engine is not changed in the middle of a word. */
export class Quiet {
  #loudUntil = 0;

  /** `end`: the position after this audio. */
  listen(pcm: Int16Array, end: number): void {
    let sum = 0;
    for (const sample of pcm) sum += Math.abs(sample);
    if (sum > QUIET_LEVEL * pcm.length) this.#loudUntil = end;
  }

  isQuiet(end: number): boolean {
    return end - this.#loudUntil >= QUIET_MS * SAMPLES_PER_MS;
  }
}
