import type { AppendFile } from './storage.ts';

/**
 * Gathers what is appended and writes it in one go. What could not be written stays and is tried again at the same place with the
 * next flush, so that a disk that was full for a moment costs nothing.
 */
export class BatchedFile {
  readonly #file: AppendFile;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #position = 0;
  #flushing: Promise<void> | null = null;

  constructor(file: AppendFile) {
    this.#file = file;
  }

  /** Bytes that wait to be written. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  append(data: Buffer): void {
    this.#queue.push(data);
    this.#queuedBytes += data.length;
  }

  /** Writes what waits. Throws the disk's error; nothing is lost then. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      const data = this.#queue.length === 1 ? (this.#queue[0] as Buffer) : Buffer.concat(this.#queue);
      this.#queue = [data];
      const written = await this.#file.write(data, this.#position);
      this.#position += written;
      this.#queuedBytes -= written;
      this.#queue.shift();
      if (written < data.length) this.#queue.unshift(data.subarray(written));
    }
  }

  /** Writes what waits, brings it onto the disk and closes. */
  async close(): Promise<void> {
    try {
      await this.flush();
      // What was appended while the last flush ran.
      await this.flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }
}
