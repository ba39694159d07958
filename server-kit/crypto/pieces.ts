/** Takes a stream of bytes in pieces of the sizes asked for. */
export class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #over = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes; fewer only at the end of the stream. */
  async take(bytes: number): Promise<Buffer> {
    await this.#fill(bytes);
    const all = this.#waiting.length === 1 ? (this.#waiting[0] ?? new Uint8Array()) : Buffer.concat(this.#waiting);
    const rest = all.subarray(bytes);
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return Buffer.from(all.buffer, all.byteOffset, Math.min(bytes, all.length));
  }

  /** Whether nothing more comes. */
  async atEnd(): Promise<boolean> {
    await this.#fill(1);
    return this.#bytes === 0;
  }

  /** Lets go of the stream, also when it was not read to its end. */
  async close(): Promise<void> {
    if (!this.#over) await this.#source.return?.();
  }

  async #fill(bytes: number): Promise<void> {
    while (!this.#over && this.#bytes < bytes) {
      const next = await this.#source.next();
      if (next.done) {
        this.#over = true;
        return;
      }
      this.#waiting.push(next.value);
      this.#bytes += next.value.length;
    }
  }
}
