import { setImmediate as pause } from 'node:timers/promises';
import { type Clock, dayOf, type Db } from '@qinqiao/server-kit';
import { loadLanguages } from './language-policies.ts';
import { loadWordList, wordListVersion } from './list.ts';
import { buildMatchers, type WordMatcher, WordMatchers } from './matcher.ts';
import { buildIndex } from './word-index.ts';

/** What is to be looked for in the conversations of one prison. */
export interface LookFor {
  matcher: WordMatcher;
  /** Words, the most important first and not too many, for engines that can be told what to listen for. */
  hints: string[];
  /** Codes of the languages that are expected; empty: the language is not looked at. */
  expectedLanguages: readonly string[];
}

/** More would only slow engines down. */
const MOST_HINTS = 1000;

/** The list of words as the database has it, ready to be looked for; built anew when the list or the day has changed. */
export class WordLists {
  readonly #db: Db;
  readonly #clock: Clock;
  #key = '';
  #matchers: WordMatchers = emptyMatchers();
  #languages = new Map<string | null, readonly string[]>();
  #hints = new Map<WordMatcher, string[]>();
  #loading: Promise<boolean> | null = null;

  constructor(options: { db: Db; clock: Clock }) {
    this.#db = options.db;
    this.#clock = options.clock;
  }

  /** Words on the list, those of all prisons together. */
  get size(): number {
    return this.#matchers.size;
  }

  /** Reads the list when it has changed, or another day has come. Answers whether it had. Throws what the database throws; the last list stays. */
  refresh(): Promise<boolean> {
    this.#loading ??= this.#refresh().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** What counts in a prison, by what was read last. */
  lookFor(prisonId: string): LookFor {
    const matcher = this.#matchers.of(prisonId);
    return { matcher, hints: this.#hintsOf(matcher), expectedLanguages: this.#languages.get(prisonId) ?? this.#languages.get(null) ?? [] };
  }

  async #refresh(): Promise<boolean> {
    const today = dayOf(this.#clock.now());
    if (`${await wordListVersion(this.#db)} ${today}` === this.#key) return false;
    const { version, words } = await loadWordList(this.#db, today);
    const languages = await loadLanguages(this.#db);
    const matchers = await buildMatchers(words, pause);
    [this.#matchers, this.#languages, this.#hints, this.#key] = [matchers, languages, new Map(), `${version} ${today}`];
    return true;
  }

  #hintsOf(matcher: WordMatcher): string[] {
    let hints = this.#hints.get(matcher);
    if (!hints) {
      const words = matcher.words().toSorted((a, b) => b.level - a.level);
      this.#hints.set(matcher, (hints = words.slice(0, MOST_HINTS).map(({ word }) => word)));
    }
    return hints;
  }
}

function emptyMatchers(): WordMatchers {
  const building = buildIndex([]);
  for (;;) {
    const step = building.next();
    if (step.done) return new WordMatchers(step.value);
  }
}
