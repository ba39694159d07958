/** A pattern or a text as numbers that fit in 16 bits: UTF-16 units here. */
export type Symbols = ArrayLike<number>;

/**
 * Aho–Corasick over typed arrays: finds all of many patterns in one pass, whose whole state is one integer.
 * Transitions lie in one open-addressing hash table, so that 100,000 words take a few megabytes.
 */
export class Automaton {
  readonly #mask: number;
  readonly #fromState: Int32Array;
  readonly #onSymbol: Uint16Array;
  readonly #toState: Int32Array;
  /** Pattern that ends in the state, or -1. */
  readonly #pattern: Int32Array;
  /** Longest proper suffix that is a state. */
  readonly #suffix: Int32Array;
  /** Nearest suffix state in which a pattern ends; 0 for none. */
  readonly #nextOutput: Int32Array;
  readonly #lengths: Int32Array;
  #states = 1;

  /** `patterns` must be non-empty and distinct; they are reported by their index. */
  constructor(patterns: readonly Symbols[]) {
    const size = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
    const slots = 2 ** Math.ceil(Math.log2(size * 2 + 1));
    this.#mask = slots - 1;
    this.#fromState = new Int32Array(slots).fill(-1);
    this.#onSymbol = new Uint16Array(slots);
    this.#toState = new Int32Array(slots);
    this.#pattern = new Int32Array(size).fill(-1);
    this.#suffix = new Int32Array(size);
    this.#nextOutput = new Int32Array(size);
    this.#lengths = Int32Array.from(patterns, (pattern) => pattern.length);
    this.#link(this.#insertAll(patterns, size));
  }

  /** The state after reading `symbol` in `state`; 0 is the beginning. */
  step(state: number, symbol: number): number {
    let from = state;
    for (;;) {
      const to = this.#find(from, symbol);
      if (to >= 0) return to;
      if (from === 0) return 0;
      from = this.#suffix[from] ?? 0;
    }
  }

  /** Names every pattern that ends in `state`, the longest first, with its length. */
  outputs(state: number, visit: (pattern: number, length: number) => void): void {
    let at = (this.#pattern[state] ?? -1) >= 0 ? state : (this.#nextOutput[state] ?? 0);
    while (at > 0) {
      const pattern = this.#pattern[at] ?? -1;
      visit(pattern, this.#lengths[pattern] ?? 0);
      at = this.#nextOutput[at] ?? 0;
    }
  }

  #insertAll(patterns: readonly Symbols[], size: number): { parents: Int32Array; symbols: Uint16Array; depths: Int32Array } {
    const made = { parents: new Int32Array(size), symbols: new Uint16Array(size), depths: new Int32Array(size) };
    for (const [index, pattern] of patterns.entries()) {
      let state = 0;
      for (let i = 0; i < pattern.length; i++) {
        const symbol = pattern[i] ?? 0;
        let to = this.#find(state, symbol);
        if (to < 0) {
          to = this.#states++;
          this.#put(state, symbol, to);
          made.parents[to] = state;
          made.symbols[to] = symbol;
          made.depths[to] = i + 1;
        }
        state = to;
      }
      this.#pattern[state] = index;
    }
    return made;
  }

  /** Suffix links in order of depth, so that shorter states are ready before longer ones ask for them. */
  #link({ parents, symbols, depths }: { parents: Int32Array; symbols: Uint16Array; depths: Int32Array }): void {
    const order = Int32Array.from({ length: this.#states }, (_, state) => state).sort((a, b) => (depths[a] ?? 0) - (depths[b] ?? 0));
    for (const state of order.subarray(1)) {
      const parent = parents[state] ?? 0;
      const suffix = parent === 0 ? 0 : this.step(this.#suffix[parent] ?? 0, symbols[state] ?? 0);
      this.#suffix[state] = suffix;
      this.#nextOutput[state] = (this.#pattern[suffix] ?? -1) >= 0 ? suffix : (this.#nextOutput[suffix] ?? 0);
    }
  }

  #slot(state: number, symbol: number): number {
    const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  #find(state: number, symbol: number): number {
    for (let slot = this.#slot(state, symbol); ; slot = (slot + 1) & this.#mask) {
      const from = this.#fromState[slot];
      if (from === -1) return -1;
      if (from === state && this.#onSymbol[slot] === symbol) return this.#toState[slot] ?? -1;
    }
  }

  #put(state: number, symbol: number, to: number): void {
    let slot = this.#slot(state, symbol);
    while (this.#fromState[slot] !== -1) slot = (slot + 1) & this.#mask;
    this.#fromState[slot] = state;
    this.#onSymbol[slot] = symbol;
    this.#toState[slot] = to;
  }
}
