import type { WatchedWord, WordMatch } from '@qinqiao/contracts';
import { Automaton } from './automaton.ts';
import { DIGIT, FoldedText, LETTER } from './fold.ts';
import { detailOf, type Machine, wordOf } from './patterns.ts';
import { isSpelled } from './spoken-digits.ts';
import { ROLES, roleOf, ruleOf, type WordIndex } from './word-index.ts';

/** A sensitive word found in a text. `offset` and `length` are of the original text, in UTF-16 units, noise inside included. */
export interface WordHit {
  word: WatchedWord;
  offset: number;
  length: number;
  /** How many times the word stands before in this text, excused or not. */
  occurrence: number;
  match: WordMatch;
  /** The word's own; of a homophone one lower, at least 1. */
  level: number;
}

/**
 * What a rule made of a find. hit: it counts · excused: it stands within one of the word's exceptions · not_near: none of the texts stands
 * near that the word asks for · open: it may yet turn out to be excused (in text that is not final)
 */
export interface JudgedHit extends WordHit {
  verdict: 'hit' | 'excused' | 'not_near' | 'open';
  /** The exception, or the text that stands near; null: no rule had to do with it. */
  rule: string | null;
}

/** Alerts of this level are raised at once, whatever may follow. */
const AT_ONCE = 3;

const UNRULED: Pick<JudgedHit, 'verdict' | 'rule'> = { verdict: 'hit', rule: null };

interface Find {
  word: number;
  first: number;
  last: number;
  match: WordMatch;
}
interface RuleFind {
  word: number;
  rule: number;
  first: number;
  last: number;
}

/** Looks through one text as it grows and is revised, reading only from where it differs from before. */
export class TextScan {
  readonly #index: WordIndex;
  readonly #counts: Uint8Array;
  readonly #folded = new FoldedText();
  readonly #machines: Reading[];
  #finds: Find[] = [];
  #nears: RuleFind[] = [];
  #exceptions: RuleFind[] = [];
  #text = '';

  constructor(index: WordIndex, counts: Uint8Array) {
    this.#index = index;
    this.#counts = counts;
    this.#machines = [index.written, index.toned, index.toneless].flatMap((machine) => (machine ? [new Reading(machine)] : []));
  }

  /**
   * All hits in the text as it is now, ordered by where they end. In text that is not final, a word below the top level is left out while
   * what follows may yet excuse it.
   */
  update(text: string, { final = true }: { final?: boolean } = {}): WordHit[] {
    return this.judge(text, { final }).filter(({ verdict, level }) => verdict === 'hit' || (verdict === 'open' && level >= AT_ONCE));
  }

  /** As `update`, with everything that was found and what the rules made of it. */
  judge(text: string, { final = true }: { final?: boolean } = {}): JudgedHit[] {
    this.#folded.cut(commonPrefix(this.#text, text));
    const known = this.#folded.length;
    this.#folded.extend(text);
    this.#text = text;
    const before = ({ last }: { last: number }) => last < known;
    [this.#finds, this.#nears, this.#exceptions] = [
      this.#finds.filter(before),
      this.#nears.filter(before),
      this.#exceptions.filter(before),
    ];
    for (const reading of this.#machines) this.#read(reading, known);
    return this.#judged(final);
  }

  #read(reading: Reading, from: number): void {
    const isWritten = reading.machine === this.#index.written;
    reading.run(this.#folded, from, (entry, length, last) => {
      const word = wordOf(entry);
      if (this.#counts[word] !== 1) return;
      const first = last - length + 1;
      if (isWritten) this.#foundWritten(word, detailOf(entry), first, last);
      else this.#foundSound(word, detailOf(entry), first, last);
    });
  }

  #foundWritten(word: number, detail: number, first: number, last: number): void {
    const { folded, nears, exceptions } = this.#index;
    const [role, rule] = [roleOf(detail), ruleOf(detail)];
    const spelling: Record<number, string | undefined> = {
      [ROLES.word]: folded[word],
      [ROLES.near]: nears.get(word)?.[rule],
      [ROLES.exception]: exceptions.get(word)?.[rule],
    };
    if (!isSpelled(spelling[role] ?? '', this.#folded.units, first)) return;
    if (role === ROLES.word) this.#finds.push({ word, first, last, match: 'exact' });
    else (role === ROLES.near ? this.#nears : this.#exceptions).push({ word, rule, first, last });
  }

  /** `same`: places at which only the word's own character will do. */
  #foundSound(word: number, same: number, first: number, last: number): void {
    const spelled = this.#index.folded[word] ?? '';
    const { units } = this.#folded;
    for (let at = 0; at < spelled.length && at < 32; at++) {
      if (((same >>> at) & 1) === 1 && units[first + at] !== spelled.charCodeAt(at)) return;
    }
    if (isSpelled(spelled, units, first)) return;
    this.#finds.push({ word, first, last, match: 'homophone' });
  }

  #judged(final: boolean): JudgedHit[] {
    const occurrences = new Map<number, number>();
    return once(this.#finds.filter((find) => this.#isWhole(find))).map(({ word: at, first, last, match }) => {
      const word = this.#index.words[at] as WatchedWord;
      const occurrence = occurrences.get(at) ?? 0;
      occurrences.set(at, occurrence + 1);
      const offset = this.#folded.offset(first);
      const length = this.#folded.offset(last) + 1 - offset;
      const level = match === 'exact' ? word.level : Math.max(1, word.level - 1);
      const { verdict, rule } = this.#hasRules(at) ? this.#ruled({ word: at, first, last, match }, final) : UNRULED;
      return { word, offset, length, occurrence, match, level, verdict, rule };
    });
  }

  #hasRules(word: number): boolean {
    return this.#index.nears.has(word) || this.#index.exceptions.has(word);
  }

  #ruled(find: Find, final: boolean): Pick<JudgedHit, 'verdict' | 'rule'> {
    const { exceptions, words } = this.#index;
    const { word, first, last } = find;
    const phrases = exceptions.get(word);
    if (phrases) {
      const covers = (other: RuleFind) => other.word === word && other.first <= first && other.last >= last && this.#isWhole(other);
      const excused = this.#exceptions.find(covers);
      if (excused) return { verdict: 'excused', rule: phrases[excused.rule] ?? null };
    }
    const near = words[word]?.near ?? [];
    const beside = near.length === 0 ? null : (this.#beside(find) ?? undefined);
    if (beside === undefined) return { verdict: 'not_near', rule: near.map(({ text }) => text).join(' / ') };
    if (!final && phrases?.some((phrase) => this.#mayBecome(phrase, find))) return { verdict: 'open', rule: null };
    return { verdict: 'hit', rule: beside };
  }

  /** The text of a rule that stands as near as it asks, characters between them counted as folded. */
  #beside({ word, first, last }: Find): string | null {
    const rules = this.#index.words[word]?.near ?? [];
    const isNear = (other: RuleFind) => {
      const between = Math.max(other.first - last, first - other.last) - 1;
      return other.word === word && between <= (rules[other.rule]?.within ?? 0);
    };
    const found = this.#nears.find((other) => isNear(other) && !(other.first === first && other.last === last) && this.#isWhole(other));
    return found ? (rules[found.rule]?.text ?? null) : null;
  }

  /** Whether the text ends within this phrase, begun at or before the find. */
  #mayBecome(phrase: string, { first, last }: Find): boolean {
    const { length, units } = this.#folded;
    for (let start = Math.max(0, length - phrase.length + 1); start <= first; start++) {
      // It must also reach beyond the find.
      if (start + phrase.length - 1 < last) continue;
      if (isSpelled(phrase.slice(0, length - start), units, start)) return true;
    }
    return false;
  }

  /** Letters go on to the end of their word and digits to the end of their number: `rap` is not in `rapid`, `110` not in `21105`. */
  #isWhole({ first, last }: { first: number; last: number }): boolean {
    return !this.#joins(first - 1, first) && !this.#joins(last, last + 1);
  }

  #joins(left: number, right: number): boolean {
    const kind = this.#folded.kind(left);
    return (kind === LETTER || kind === DIGIT) && kind === this.#folded.kind(right);
  }
}

/** One automaton's way through a text, which can be taken up again at any place. */
class Reading {
  readonly machine: Machine;
  #states = new Int32Array(64);

  constructor(machine: Machine) {
    this.machine = machine;
  }

  run(text: FoldedText, from: number, visit: (entry: number, length: number, last: number) => void): void {
    const { automaton, starts, entries } = this.machine;
    if (this.#states.length < text.length) {
      const wide = new Int32Array(Math.max(text.length, this.#states.length * 2));
      wide.set(this.#states);
      this.#states = wide;
    }
    const state = from === 0 ? Automaton.START : (this.#states[from - 1] ?? Automaton.START);
    automaton.run(text.units, { from, to: text.length, state }, this.#states, (pattern, length, last) => {
      for (let at = starts[pattern] ?? 0; at < (starts[pattern + 1] ?? 0); at++) visit(entries[at] ?? 0, length, last);
    });
  }
}

/** In the order of their ends, longer ones first; of one word at one place the written one counts. */
function once(finds: readonly Find[]): Find[] {
  const sorted = finds.toSorted(
    (a, b) => a.last - b.last || a.first - b.first || a.word - b.word || (a.match < b.match ? -1 : a.match > b.match ? 1 : 0),
  );
  return sorted.filter((find, at) => {
    const before = sorted[at - 1];
    return !(before && before.last === find.last && before.first === find.first && before.word === find.word);
  });
}

function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  // Never between the two halves of one character: whether it counts is known only from both.
  const before = a.charCodeAt(length - 1);
  return length > 0 && before >= 0xd800 && before < 0xdc00 ? length - 1 : length;
}
