import { pictureStills, storeWarning } from '@qinqiao/domain/picture-warnings';
import type { CryptoProvider, Db, Logger, SealedFolder } from '@qinqiao/server-kit';
import type { Raised } from './party-watch.ts';

/** Warnings that wait for the store to work again; with their stills, some tens of megabytes. */
const MOST_WAITING = 500;

/** Keeps warnings with their stills. What could not be stored is tried again until it is. */
export class Keeping {
  readonly #db: Db;
  readonly #stills: SealedFolder;
  readonly #log: Logger;
  #waiting: Raised[] = [];
  #failure: string | null = null;

  constructor({ db, crypto, dataDir, log }: { db: Db; crypto: CryptoProvider; dataDir: string; log: Logger }) {
    this.#db = db;
    this.#stills = pictureStills(dataDir, crypto);
    this.#log = log;
  }

  /** Why nothing can be stored at the moment; null when all has been. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Stores a warning. Never rejects. */
  async keep(raised: Raised): Promise<void> {
    try {
      await this.#stills.write(raised.warning.id, raised.still);
      await storeWarning(this.#db, raised.warning);
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#log.error({ err: error, warning: raised.warning.id }, 'a picture warning could not be stored; it is kept and tried again');
      this.#waiting.push(raised);
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    }
  }

  /** Tries again what waits. To be called every few seconds, and at the end. */
  async settle(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const raised of waiting) await this.keep(raised);
    if (this.#waiting.length === 0) this.#failure = null;
  }
}
