import { loadWordList, WordMatcher, wordListVersion } from '@qinqiao/domain/words';
import type { PrisonId } from '@qinqiao/contracts';
import type { Db, Logger } from '@qinqiao/server-kit';

/** What is to be looked for in the calls of one prison. */
export interface LookFor {
  matcher: WordMatcher;
  /** Words, the most important first, for engines that can be told what to listen for. */
  hints: string[];
  /** Codes of the languages that are expected; empty: the language is not looked at. */
  expectedLanguages: readonly string[];
}

/** Keeps the list of words as the database has it, looking for changes every `everyMs`. */
export class WordWatch implements Disposable {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #version = -1;
  #looking = false;
  #matcher = new WordMatcher([]);
  #hints: string[] = [];

  private constructor(options: { db: Db; log: Logger; everyMs: number }) {
    this.#db = options.db;
    this.#log = options.log;
    this.#timer = setInterval(() => void this.#look(), options.everyMs);
  }

  static async start(options: { db: Db; log: Logger; everyMs: number }): Promise<WordWatch> {
    const watch = new WordWatch(options);
    await watch.#look();
    return watch;
  }

  /** What counts for calls of this prison now. Ask anew for each text: a change of the list counts within seconds. */
  lookFor(_prisonId: PrisonId): LookFor {
    return { matcher: this.#matcher, hints: this.#hints, expectedLanguages: [] };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      if ((await wordListVersion(this.#db)) === this.#version) return;
      const { version, words } = await loadWordList(this.#db);
      this.#matcher = new WordMatcher(words);
      this.#hints = words.toSorted((a, b) => b.level - a.level).map(({ word }) => word);
      this.#version = version;
      this.#log.info({ words: this.#matcher.size, version }, 'list of sensitive words loaded');
    } catch (error) {
      this.#log.error({ err: error }, 'list of sensitive words could not be read; the last one stays in force');
    } finally {
      this.#looking = false;
    }
  }
}
