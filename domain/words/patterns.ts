import { type Alphabet, Automaton, type Stepwise } from './automaton.ts';

const UNITS = 65536;
const DETAILS = 2 ** 32;

/** An automaton, and what each of its patterns stands for. */
export interface Machine {
  automaton: Automaton;
  /** What a pattern stands for: `entries` from `starts[pattern]` to `starts[pattern + 1]`, each a word's index and a detail (see `packed`). */
  starts: Int32Array;
  entries: Float64Array;
}

export const packed = (word: number, detail: number): number => word * DETAILS + detail;
export const wordOf = (entry: number): number => Math.floor(entry / DETAILS);
export const detailOf = (entry: number): number => entry % DETAILS;

/** Gathers patterns over some symbols (whatever numbers) and makes an automaton of them. */
export class Patterns {
  readonly #texts: (readonly number[])[] = [];
  readonly #entries: number[] = [];
  readonly #counts = new Map<number, number>();

  get size(): number {
    return this.#texts.length;
  }

  add(symbols: readonly number[], entry: number): void {
    this.#texts.push(symbols);
    this.#entries.push(entry);
    for (const symbol of symbols) this.#counts.set(symbol, (this.#counts.get(symbol) ?? 0) + 1);
  }

  /** `symbolOf`: which symbol a unit of text counts as. */
  *build(symbolOf: (unit: number) => number): Stepwise<Machine> {
    // The commonest symbols get the smallest numbers, which packs the automaton tighter.
    const common = [...this.#counts].sort((a, b) => b[1] - a[1]).map(([symbol]) => symbol);
    const numbers = new Map(common.map((symbol, at) => [symbol, at + 1]));
    const alphabet: Alphabet = new Uint16Array(UNITS);
    for (let unit = 0; unit < UNITS; unit++) alphabet[unit] = numbers.get(symbolOf(unit)) ?? 0;
    yield;
    const { patterns, starts, entries } = yield* this.#sorted(numbers);
    return { automaton: yield* Automaton.build(patterns, alphabet, common.length), starts, entries };
  }

  /** In ascending order, equal ones once. Sorted in parts, by their first symbol. */
  *#sorted(numbers: ReadonlyMap<number, number>): Stepwise<{ patterns: string[]; starts: Int32Array; entries: Float64Array }> {
    const byFirst: { pattern: string; entry: number }[][] = [];
    for (const [at, symbols] of this.#texts.entries()) {
      if (at % 5000 === 4999) yield;
      const pattern = String.fromCharCode(...symbols.map((symbol) => numbers.get(symbol) ?? 0));
      (byFirst[pattern.charCodeAt(0)] ??= []).push({ pattern, entry: this.#entries[at] ?? 0 });
    }
    const patterns: string[] = [];
    const starts: number[] = [];
    const entries = new Float64Array(this.#entries.length);
    let length = 0;
    for (const part of byFirst) {
      if (!part) continue;
      part.sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : a.entry - b.entry));
      for (const { pattern, entry } of part) {
        if (patterns.at(-1) !== pattern) {
          patterns.push(pattern);
          starts.push(length);
        }
        entries[length++] = entry;
      }
      if (length % 64 === 0) yield;
    }
    starts.push(length);
    return { patterns, starts: Int32Array.from(starts), entries };
  }
}
