import { SAMPLES_PER_MS, TimeMap } from '../audio/time-map.ts';

/** How far an engine is in its speaker's channel, in samples: what it was sent, what it has certainly taken, and where its own times lie. */
export class EnginePosition {
  #next = 0;
  #farthest = 0;
  #heard = 0;
  /** Engine's clock of this connection → position (as ms of the channel). */
  #places = new TimeMap();
  #samplesSent = 0;

  /** The next sample to send. */
  get next(): number {
    return this.#next;
  }

  /** The farthest that was ever sent. */
  get farthest(): number {
    return this.#farthest;
  }

  /** Up to here the engine has certainly taken it. */
  get heard(): number {
    return this.#heard;
  }

  /** A new connection, whose clock begins anew. */
  begin(): void {
    this.#places = new TimeMap();
    this.#samplesSent = 0;
  }

  /** So many samples went out; the channel ends at `end`, what is beyond was filled up. */
  sent(samples: number, end: number): void {
    this.#next = Math.min(this.#next + samples, end);
    this.#farthest = Math.max(this.#farthest, this.#next);
    this.#samplesSent += samples;
  }

  /** What lies between is not sent (or is sent once more). */
  goTo(next: number): void {
    this.#next = next;
  }

  /** What is sent next follows in the engine's clock on what was sent last. */
  anchor(): void {
    this.#places.set(this.#samplesSent, this.#next / SAMPLES_PER_MS);
  }

  /** Where in the channel the engine's time lies; never beyond what it has been given, whatever it says. */
  place(ms: number): number {
    return Math.min(this.#next, Math.round(this.#places.at(Math.round(ms * SAMPLES_PER_MS)) * SAMPLES_PER_MS));
  }

  /** The engine has taken the audio up to this time of its own. Answers false when that is nothing new. */
  hear(ms: number): boolean {
    const position = this.place(ms);
    if (position <= this.#heard) return false;
    this.#heard = position;
    return true;
  }

  /** After a break it goes on here. */
  replayFrom(from: number): void {
    this.#next = from;
    this.#heard = Math.min(this.#heard, from);
  }

  /** The engine has said its last: it heard what it was sent. */
  allHeard(): void {
    this.#heard = this.#farthest;
  }
}
