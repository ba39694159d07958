import { type FileHandle, open } from 'node:fs/promises';

/**
 * Brings what was committed to the disk without holding up the process. All who wait when a sync begins share it, so that of many commits in one
 * moment each waits for two syncs at most.
 */
export class Flusher {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #broken: unknown = null;

  /** `sync` brings to the disk all that was written before it is called. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /**
   * Resolves when all that was committed before the call lies on the disk. Throws when the disk refused it, from then on always: what a system could not
   * write it forgets, so that a later success would prove nothing.
   */
  flushed(): Promise<void> {
    // One that runs already may have begun too early.
    this.#next ??= this.ended().then(() => {
      this.#next = null;
      this.#running = this.#begin();
      return this.#running;
    });
    return this.#next;
  }

  /** Resolves when the sync that runs, if there is one, has ended in any way. */
  ended(): Promise<void> {
    return this.#running.catch(() => undefined);
  }

  async #begin(): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    try {
      await this.#sync();
    } catch (error) {
      this.#broken = error;
      throw error;
    }
  }
}

/** The log of an embedded database that is open in WAL mode: the same file as long as it is, and without locks that closing would take away. */
export class WriteAheadLog {
  readonly #file: string;
  #handle: FileHandle | null = null;

  constructor(database: string) {
    this.#file = `${database}-wal`;
  }

  async sync(): Promise<void> {
    this.#handle ??= await this.#open();
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  /** Null: nothing was ever written. */
  #open(): Promise<FileHandle | null> {
    return open(this.#file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }
}
