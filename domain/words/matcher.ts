import type { WatchedWord } from '@qinqiao/contracts';
import { type JudgedHit, TextScan, type WordHit } from './scan.ts';
import { buildIndex, type WordIndex } from './word-index.ts';

/** The list of sensitive words as it counts in one prison, ready to be looked for. */
export class WordMatcher {
  readonly #index: WordIndex;
  /** 1 for each word of the index that counts here. */
  readonly #counts: Uint8Array;
  #size: number | undefined;

  /**
   * Of words that fold to the same text one counts: that of the highest level; words without any letter, digit or character are left
   * out. Long lists take their time: see `buildMatchers`.
   */
  constructor(words: readonly WatchedWord[], index: WordIndex = finished(buildIndex(words)), counts = countsIn(index, null)) {
    this.#index = index;
    this.#counts = counts;
  }

  get size(): number {
    this.#size ??= this.#counts.reduce((sum, one) => sum + one, 0);
    return this.#size;
  }

  /** Begins to look through a text that will grow or be revised. */
  scan(): TextScan {
    return new TextScan(this.#index, this.#counts);
  }

  /** All hits in a whole text, ordered by where they end. */
  find(text: string): WordHit[] {
    return this.scan().update(text);
  }

  /** Everything in a whole text that is written or sounds like a word, also what a rule keeps from being a hit. */
  explain(text: string): JudgedHit[] {
    return this.scan().judge(text);
  }

  /** The words that count here. */
  words(): WatchedWord[] {
    return this.#index.words.filter((_, word) => this.#counts[word] === 1);
  }

  /** Bytes of its tables, without the words themselves. */
  get bytes(): number {
    const { written, toned, toneless } = this.#index;
    return [written, toned, toneless].reduce((sum, machine) => {
      return machine ? sum + machine.automaton.bytes + machine.starts.byteLength + machine.entries.byteLength : sum;
    }, 0);
  }
}

/** Matchers of one list for every prison; they share its tables. */
export class WordMatchers {
  readonly #index: WordIndex;
  readonly #made = new Map<string | null, WordMatcher>();
  /** Prisons that have words of their own. */
  readonly #named: ReadonlySet<string>;

  constructor(index: WordIndex) {
    this.#index = index;
    this.#named = new Set(index.words.flatMap(({ prisonIds }) => prisonIds ?? []));
  }

  get size(): number {
    return this.#index.words.length;
  }

  /** What counts in a prison: the words of all prisons and its own. Null: only those of all. */
  of(prisonId: string | null): WordMatcher {
    const key = prisonId !== null && this.#named.has(prisonId) ? prisonId : null;
    let matcher = this.#made.get(key);
    if (!matcher) this.#made.set(key, (matcher = new WordMatcher([], this.#index, countsIn(this.#index, key))));
    return matcher;
  }
}

/** Builds matchers in short steps; between them `pause` is awaited, so that a process goes on with its other work. */
export async function buildMatchers(words: readonly WatchedWord[], pause: () => Promise<void>): Promise<WordMatchers> {
  const building = buildIndex(words);
  for (let began = performance.now(); ; ) {
    const step = building.next();
    if (step.done) return new WordMatchers(step.value);
    if (performance.now() - began < LONGEST_STEP_MS) continue;
    await pause();
    began = performance.now();
  }
}

const LONGEST_STEP_MS = 5;

function finished<Result>(building: Generator<void, Result>): Result {
  for (;;) {
    const step = building.next();
    if (step.done) return step.value;
  }
}

function countsIn({ words, alike }: WordIndex, prisonId: string | null): Uint8Array {
  const counts = new Uint8Array(words.length);
  for (const [word, { prisonIds = [] }] of words.entries()) {
    if (prisonIds.length === 0 || (prisonId !== null && prisonIds.includes(prisonId))) counts[word] = 1;
  }
  for (const group of alike) {
    for (const other of group.filter((word) => counts[word] === 1).slice(1)) counts[other] = 0;
  }
  return counts;
}
