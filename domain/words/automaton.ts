import { grown } from './fold.ts';

/** Of every UTF-16 unit the symbol it counts as; 0: one that stands in no pattern. */
export type Alphabet = Uint16Array;

/** Work that can be stopped at each `yield`, so that a long list does not hold up a process that has other things to do. */
export type Stepwise<Result> = Generator<void, Result>;

const ROOT = 1;
const WIDTH = 4;
/** Where the state's children begin. */
const BASE = 0;
/** Longest proper suffix that is a state. */
const SUFFIX = 1;
/** The longest suffix in which a pattern ends, the state itself included; 0: none. */
const OUTPUT = 2;
/** The pattern that ends in the state, or -1. */
const PATTERN = 3;
const STEPS_BETWEEN = 2000;

/**
 * Aho–Corasick in a double array: finds all of many patterns in one pass, whose whole state is one integer (`START` at the beginning).
 * A transition costs one look at `base` and `check`, which lie side by side.
 */
export class Automaton {
  static readonly START = ROOT;
  readonly #alphabet: Alphabet;
  /** Of each state, side by side: `BASE`, `SUFFIX`, `OUTPUT` and `PATTERN`. */
  #cells: Int32Array;
  /** Of each state whose child it is, or 0. By itself, as it is what is looked at for nothing most often: so more of it is at hand. */
  #parents: Int32Array;
  /** Of each symbol the state after it at the beginning. */
  readonly #first: Int32Array;
  readonly #lengths: Int32Array;

  private constructor(alphabet: Alphabet, symbols: number, lengths: Int32Array, size: number) {
    this.#alphabet = alphabet;
    this.#lengths = lengths;
    this.#first = new Int32Array(symbols + 1).fill(ROOT);
    this.#cells = new Int32Array(size * WIDTH);
    this.#parents = new Int32Array(size);
  }

  /** `patterns`: strings of symbols (1…`symbols`, as code units), non-empty, distinct, in ascending order; they are reported by their index. */
  static *build(patterns: readonly string[], alphabet: Alphabet, symbols: number): Stepwise<Automaton> {
    const lengths = Int32Array.from(patterns, ({ length }) => length);
    const built = new Automaton(alphabet, symbols, lengths, symbols + 64);
    const order = yield* built.#place(patterns, symbols);
    yield* built.#link(order);
    return built;
  }

  /** Bytes that its tables take. */
  get bytes(): number {
    const tables = [this.#alphabet, this.#cells, this.#parents, this.#first, this.#lengths];
    return tables.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /**
   * Reads units `from` to `to` (exclusive) of a text and writes down the state after each. `state`: the one before the first of them.
   * `visit` is told of every pattern that ends at a unit, the longest first, with its length.
   */
  run(
    units: Uint16Array,
    { from, to, state: before }: { from: number; to: number; state: number },
    states: Int32Array,
    visit: (pattern: number, length: number, last: number) => void,
  ): void {
    const [alphabet, cells, parents, first] = [this.#alphabet, this.#cells, this.#parents, this.#first];
    let state = before;
    for (let i = from; i < to; i++) {
      const symbol = alphabet[units[i] as number] as number;
      if (symbol === 0) {
        states[i] = state = ROOT;
        continue;
      }
      for (;;) {
        if (state === ROOT) {
          state = first[symbol] as number;
          break;
        }
        const next = (cells[state * WIDTH + BASE] as number) + symbol;
        if (parents[next] === state) {
          state = next;
          break;
        }
        state = cells[state * WIDTH + SUFFIX] as number;
      }
      if (cells[state * WIDTH + OUTPUT] !== 0) this.#report(state, i, visit);
      states[i] = state;
    }
  }

  #report(state: number, last: number, visit: (pattern: number, length: number, last: number) => void): void {
    let at = this.#cells[state * WIDTH + OUTPUT] ?? 0;
    while (at > 0) {
      const pattern = this.#cells[at * WIDTH + PATTERN] ?? -1;
      visit(pattern, this.#lengths[pattern] ?? 0, last);
      at = this.#cells[(this.#cells[at * WIDTH + SUFFIX] ?? 0) * WIDTH + OUTPUT] ?? 0;
    }
  }

  /** Gives every beginning of a pattern its place, shorter ones first. Answers the states in that order. */
  *#place(patterns: readonly string[], symbols: number): Stepwise<number[]> {
    const order: number[] = [ROOT];
    const ranges: [from: number, to: number][] = [[0, patterns.length]];
    const places = new FreePlaces(this.#parents.length);
    places.take(0);
    places.take(ROOT);
    let depth = 0;
    let depthEnds = 1;
    for (let at = 0; at < order.length; at++) {
      if (at === depthEnds) [depth, depthEnds] = [depth + 1, order.length];
      if (at % STEPS_BETWEEN === STEPS_BETWEEN - 1) yield;
      const state = order[at] ?? 0;
      const range = ranges[at] ?? [0, 0];
      const children = childrenOf(patterns, range, depth);
      this.#cells[state * WIDTH + PATTERN] = patterns[range[0]]?.length === depth ? range[0] : -1;
      if (children.length === 0) continue;
      const base = places.findBase(children);
      this.#grow(base + symbols + 1);
      this.#cells[state * WIDTH + BASE] = base;
      for (const child of children) {
        const to = base + child.symbol;
        places.take(to);
        this.#parents[to] = state;
        if (state === ROOT) this.#first[child.symbol] = to;
        order.push(to);
        ranges.push([child.from, child.to]);
      }
    }
    return order;
  }

  /** Suffix links, shorter states first, so that they are ready before longer ones ask for them. */
  *#link(order: readonly number[]): Stepwise<void> {
    const [cells, parents] = [this.#cells, this.#parents];
    cells[ROOT * WIDTH + SUFFIX] = ROOT;
    for (let at = 1; at < order.length; at++) {
      if (at % STEPS_BETWEEN === 0) yield;
      const state = order[at] ?? 0;
      const parent = parents[state] ?? 0;
      const symbol = state - (cells[parent * WIDTH + BASE] ?? 0);
      const suffix = parent === ROOT ? ROOT : this.#step(cells[parent * WIDTH + SUFFIX] ?? ROOT, symbol);
      cells[state * WIDTH + SUFFIX] = suffix;
      cells[state * WIDTH + OUTPUT] = cells[state * WIDTH + PATTERN] === -1 ? (cells[suffix * WIDTH + OUTPUT] ?? 0) : state;
    }
  }

  #step(from: number, symbol: number): number {
    const cells = this.#cells;
    for (let state = from; ; state = cells[state * WIDTH + SUFFIX] ?? ROOT) {
      if (state === ROOT) return this.#first[symbol] ?? ROOT;
      const next = (cells[state * WIDTH + BASE] ?? 0) + symbol;
      if (this.#parents[next] === state) return next;
    }
  }

  /** Room so that every symbol can be looked up from a base without asking for the end. */
  #grow(size: number): void {
    const now = this.#parents.length;
    if (size <= now) return;
    const to = Math.max(size, Math.ceil(now * 1.5));
    this.#cells = grown(this.#cells, new Int32Array(to * WIDTH));
    this.#parents = grown(this.#parents, new Int32Array(to));
  }
}

interface Child {
  symbol: number;
  from: number;
  to: number;
}

/** How the patterns of a range, alike in their first `depth` symbols, go on. */
function childrenOf(patterns: readonly string[], [from, to]: readonly [number, number], depth: number): Child[] {
  const children: Child[] = [];
  let last: Child | undefined;
  for (let at = from; at < to; at++) {
    const pattern = patterns[at] ?? '';
    if (pattern.length === depth) continue;
    const symbol = pattern.charCodeAt(depth);
    if (last?.symbol === symbol) last.to = at + 1;
    else children.push((last = { symbol, from: at, to: at + 1 }));
  }
  return children;
}

const MANY_TRIES = 16;

/** Which places of the double array are taken. */
class FreePlaces {
  #taken: Uint8Array;
  /** By the number of children: before this place it is not worth looking. What larger families leave free, smaller ones fill. */
  readonly #from = new Int32Array(32).fill(ROOT + 1);

  constructor(size: number) {
    this.#taken = new Uint8Array(size);
  }

  take(place: number): void {
    if (place >= this.#taken.length) {
      const wide = new Uint8Array(Math.max(place + 1, this.#taken.length * 2));
      wide.set(this.#taken);
      this.#taken = wide;
    }
    this.#taken[place] = 1;
  }

  /** A base from which the places of all children are free. */
  findBase(children: readonly Child[]): number {
    const first = children[0]?.symbol ?? 1;
    const family = 31 - Math.clz32(children.length);
    let from = this.#from[family] ?? 0;
    while (this.#taken[from] === 1) from++;
    this.#from[family] = from;
    let tried = 0;
    for (let place = Math.max(from, first + 1); ; place++) {
      if (this.#taken[place] === 1) continue;
      if (this.#fits(place - first, children)) {
        if (tried > MANY_TRIES) this.#from[family] = place;
        return place - first;
      }
      tried++;
    }
  }

  #fits(base: number, children: readonly Child[]): boolean {
    const taken = this.#taken;
    for (let at = children.length - 1; at > 0; at--) if (taken[base + (children[at]?.symbol ?? 0)] === 1) return false;
    return true;
  }
}
