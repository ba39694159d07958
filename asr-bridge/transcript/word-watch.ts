import type { PrisonId } from '@qinqiao/contracts';
import { type LookFor, WordLists } from '@qinqiao/domain/words';
import { type Clock, type Db, type Logger, systemClock } from '@qinqiao/server-kit';

export type { LookFor } from '@qinqiao/domain/words';

interface Options {
  db: Db;
  log: Logger;
  everyMs: number;
  clock?: Clock;
}

/** Keeps the list of words as the database has it, looking for changes (and for a new day) every `everyMs`. */
export class WordWatch implements Disposable {
  readonly #lists: WordLists;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;

  private constructor({ db, log, everyMs, clock = systemClock }: Options) {
    this.#lists = new WordLists({ db, clock });
    this.#log = log;
    this.#timer = setInterval(() => void this.look(), everyMs);
  }

  static async start(options: Options): Promise<WordWatch> {
    const watch = new WordWatch(options);
    await watch.look();
    return watch;
  }

  /** What counts for calls of this prison now. Ask anew for each text: a change of the list counts within seconds. */
  lookFor(prisonId: PrisonId): LookFor {
    return this.#lists.lookFor(prisonId);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Reads the list anew when it has changed. Never throws. */
  async look(): Promise<void> {
    try {
      if (await this.#lists.refresh()) this.#log.info({ words: this.#lists.size }, 'list of sensitive words loaded');
    } catch (error) {
      this.#log.error({ err: error }, 'list of sensitive words could not be read; the last one stays in force');
    }
  }
}
