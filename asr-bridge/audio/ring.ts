/** The last seconds of a channel's audio, read by absolute sample position. */
export class AudioRing {
  readonly #samples: Int16Array;
  #end = 0;

  constructor(capacity: number) {
    this.#samples = new Int16Array(capacity);
  }

  /** Position after the newest sample. */
  get end(): number {
    return this.#end;
  }

  /** Position of the oldest sample that is still there. */
  get start(): number {
    return Math.max(0, this.#end - this.#samples.length);
  }

  append(pcm: Int16Array): void {
    const capacity = this.#samples.length;
    const kept = pcm.length > capacity ? pcm.subarray(pcm.length - capacity) : pcm;
    const at = (this.#end + pcm.length - kept.length) % capacity;
    const first = kept.subarray(0, capacity - at);
    this.#samples.set(first, at);
    this.#samples.set(kept.subarray(first.length), 0);
    this.#end += pcm.length;
  }

  /** A copy of the samples from `from` to `to`. Both must lie between `start` and `end`. */
  read(from: number, to: number): Int16Array {
    const copy = new Int16Array(to - from);
    const at = from % this.#samples.length;
    const first = this.#samples.subarray(at, Math.min(at + copy.length, this.#samples.length));
    copy.set(first);
    copy.set(this.#samples.subarray(0, copy.length - first.length), first.length);
    return copy;
  }
}
