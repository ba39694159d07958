import type { WatchedWord, WordMatch } from '@qinqiao/contracts';
import { Automaton } from './automaton.ts';
import { DIGIT, FoldedText, fold, grown, LETTER } from './fold.ts';

/** A sensitive word found in a text. `offset` and `length` are of the original text, in UTF-16 units, noise inside included. */
export interface WordHit {
  word: WatchedWord;
  offset: number;
  length: number;
  /** How many times the word stands before in this text. */
  occurrence: number;
  match: WordMatch;
  /** The word's own; of a homophone one lower, at least 1. */
  level: number;
}

/** The list of sensitive words, ready to be looked for. */
export class WordMatcher {
  readonly #words: WatchedWord[];
  readonly #automaton: Automaton;

  /** Of words that fold to the same text the first counts; words without any letter, digit or character are left out. */
  constructor(words: readonly WatchedWord[]) {
    const byFold = new Map<string, WatchedWord>();
    for (const word of words) {
      const folded = fold(word.word);
      if (folded !== '' && !byFold.has(folded)) byFold.set(folded, word);
    }
    this.#words = [...byFold.values()];
    this.#automaton = new Automaton([...byFold.keys()].map(unitsOf));
  }

  get size(): number {
    return this.#words.length;
  }

  /** Begins to look through a text that will grow or be revised. */
  scan(): TextScan {
    return new TextScan(this.#automaton, this.#words);
  }

  /** All hits in a whole text, ordered by where they end. */
  find(text: string): WordHit[] {
    return this.scan().update(text);
  }
}

/** Looks through one text as it grows and is revised, reading only from where it differs from before. */
export class TextScan {
  readonly #automaton: Automaton;
  readonly #words: readonly WatchedWord[];
  readonly #folded = new FoldedText();
  /** Automaton state after each folded unit: where a revision begins, reading goes on from there. */
  #states = new Int32Array(64);
  #found: { word: WatchedWord; first: number; last: number }[] = [];
  #text = '';

  constructor(automaton: Automaton, words: readonly WatchedWord[]) {
    this.#automaton = automaton;
    this.#words = words;
  }

  /** All hits in the text as it is now, ordered by where they end. */
  update(text: string): WordHit[] {
    this.#folded.cut(commonPrefix(this.#text, text));
    const known = this.#folded.length;
    this.#folded.extend(text);
    this.#text = text;
    this.#found = this.#found.filter(({ last }) => last < known);
    this.#read(known);
    return this.#hits();
  }

  #read(from: number): void {
    let state = from === 0 ? 0 : (this.#states[from - 1] ?? 0);
    for (let index = from; index < this.#folded.length; index++) {
      state = this.#automaton.step(state, this.#folded.unit(index));
      if (index === this.#states.length) this.#states = grown(this.#states, new Int32Array(index * 2));
      this.#states[index] = state;
      this.#automaton.outputs(state, (pattern, length) => {
        const word = this.#words[pattern];
        if (word) this.#found.push({ word, first: index - length + 1, last: index });
      });
    }
  }

  #hits(): WordHit[] {
    const occurrences = new Map<WatchedWord, number>();
    return this.#found
      .filter(({ first, last }) => this.#isWhole(first, last))
      .map(({ word, first, last }) => {
        const occurrence = occurrences.get(word) ?? 0;
        occurrences.set(word, occurrence + 1);
        const offset = this.#folded.offset(first);
        const length = this.#folded.offset(last) + 1 - offset;
        return { word, offset, length, occurrence, match: 'exact', level: word.level };
      });
  }

  /** Letters go on to the end of their word and digits to the end of their number: `rap` is not in `rapid`, `110` not in `21105`. */
  #isWhole(first: number, last: number): boolean {
    return !this.#joins(first - 1, first) && !this.#joins(last, last + 1);
  }

  #joins(left: number, right: number): boolean {
    const kind = this.#folded.kind(left);
    return (kind === LETTER || kind === DIGIT) && kind === this.#folded.kind(right);
  }
}

const unitsOf = (text: string) => Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  // Never between the two halves of one character: whether it counts is known only from both.
  const before = a.charCodeAt(length - 1);
  return length > 0 && before >= 0xd800 && before < 0xdc00 ? length - 1 : length;
}
