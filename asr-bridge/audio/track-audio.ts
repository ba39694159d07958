import { ArrivalLog, SAMPLES_PER_MS, TimeMap } from './time-map.ts';

/**
 * Without a packet for so long silence is filled in: soon when what came last was quiet, as before DTX (which sends a packet every 400 ms),
 * later when it broke off in the middle of a sound, as then the network has stalled and the rest will come.
 */
const QUIET_MS = { inPause: 300, inSound: 1500 };
/** Below this share of the speaker's loudness it is a pause. */
const PAUSE_SHARE = 0.15;
const LOUDNESS_DECAY_PER_MS = 0.0001;
/** Filled-in silence stays this far behind, so that packets that come after all still find their place. */
const FILL_BEHIND_MS = 200;
/** Longer silences are not filled: there is nothing to be heard, and after so long the engine is let go. */
const IDLE_MS = 8000;
/** At most so much silence is put before audio that comes after a pause. */
const MAX_SILENCE_MS = 1000;
/** The time line may be off by so much before it is set anew. */
const TOLERANCE_MS = 20;
/** No speaker speaks faster than time passes: beyond this much in advance, audio is dropped. */
const MAX_ADVANCE_MS = 5000;

/**
 * One speaker's audio as a gapless row of samples, with the call's time for each of them. Loss, DTX and muting become silence; audio that
 * comes after its silence was filled in is kept, with its true time.
 */
export class TrackAudio {
  readonly callTime = new TimeMap();
  readonly arrivals = new ArrivalLog();
  readonly #sink: (pcm: Int16Array) => void;
  #position = 0;
  #lastArrival: number | null = null;
  #level = 0;
  #loudness = 0;
  #budget = { ms: MAX_ADVANCE_MS, at: 0 };

  constructor(sink: (pcm: Int16Array) => void) {
    this.#sink = sink;
  }

  /** Position after the newest sample. */
  get position(): number {
    return this.#position;
  }

  /** Whether nothing has come for so long that no silence is filled in any more. Times in ms of the arrival clock. */
  isIdle(now: number): boolean {
    return this.#lastArrival === null || now - this.#lastArrival > IDLE_MS;
  }

  /**
   * Adds audio that begins at the call's millisecond `startMs` and came at `now`. `follows`: it is the sender's very next audio.
   * Answers false when it was dropped.
   */
  add(pcm: Int16Array, startMs: number, now: number, follows: boolean): boolean {
    if (!this.#spend(pcm.length / SAMPLES_PER_MS, now)) return false;
    this.#lastArrival = now;
    this.#listen(pcm);
    if (this.callTime.isEmpty) this.callTime.set(0, startMs);
    const gapMs = startMs - this.callTime.at(this.#position);
    if (!follows && gapMs > 1) this.#silence(Math.min(gapMs, MAX_SILENCE_MS), now);
    if (Math.abs(startMs - this.callTime.at(this.#position)) > TOLERANCE_MS) this.callTime.set(this.#position, startMs);
    this.#append(pcm, now);
    return true;
  }

  /** To be called about ten times a second: fills in silence while nothing comes. `callMs` is the call's millisecond at `now`. */
  fill(callMs: number, now: number): void {
    if (this.#lastArrival === null || now - this.#lastArrival < this.#patienceMs || this.isIdle(now)) return;
    const gapMs = callMs - FILL_BEHIND_MS - this.callTime.at(this.#position);
    if (gapMs > 0) this.#silence(Math.min(gapMs, MAX_SILENCE_MS), now);
  }

  get #patienceMs(): number {
    return this.#level <= this.#loudness * PAUSE_SHARE ? QUIET_MS.inPause : QUIET_MS.inSound;
  }

  #listen(pcm: Int16Array): void {
    this.#level = pcm.reduce((sum, sample) => sum + Math.abs(sample), 0) / pcm.length;
    const decay = Math.max(0, 1 - (LOUDNESS_DECAY_PER_MS * pcm.length) / SAMPLES_PER_MS);
    this.#loudness = Math.max(this.#level, this.#loudness * decay);
  }

  #silence(ms: number, now: number): void {
    this.#append(new Int16Array(Math.round(ms * SAMPLES_PER_MS)), now);
  }

  #append(pcm: Int16Array, now: number): void {
    this.#position += pcm.length;
    this.arrivals.add(this.#position, now);
    this.#sink(pcm);
  }

  #spend(ms: number, now: number): boolean {
    const passed = this.#budget.at === 0 ? 0 : Math.max(0, now - this.#budget.at);
    this.#budget = { ms: Math.min(MAX_ADVANCE_MS, this.#budget.ms + passed), at: now };
    if (this.#budget.ms < ms) return false;
    this.#budget.ms -= ms;
    return true;
  }
}
