/** Kinds of folded UTF-16 units. Letters (of scripts that put spaces between words) and digits end a word; characters do not. */
const NOISE = 0;
const SPACE = 1;
const CHARACTER = 2;
export const LETTER = 3;
export const DIGIT = 4;
const SPACE_UNIT = 32;

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Tibetan}]/u;
const IS_NOISE = /[\p{P}\p{S}\p{M}\p{C}]/u;

interface Tables {
  folded: Uint16Array;
  kinds: Uint8Array;
}
let tables: Tables | undefined;

function kindOf(character: string): number {
  if (/\s/u.test(character)) return SPACE;
  if (IS_NOISE.test(character)) return NOISE;
  if (/\p{Nd}/u.test(character)) return DIGIT;
  return /\p{L}/u.test(character) && !UNSPACED.test(character) ? LETTER : CHARACTER;
}

/** Width, circled and other compatible forms by NFKC, case by lower case; whatever would change its length stays as it is. */
function buildTables(): Tables {
  const folded = new Uint16Array(65536);
  const kinds = new Uint8Array(65536);
  for (let unit = 0; unit < 65536; unit++) {
    const character = String.fromCharCode(unit);
    const form = character.normalize('NFKC').toLowerCase();
    const to = form.length === 1 ? form : character.toLowerCase();
    folded[unit] = to.length === 1 ? to.charCodeAt(0) : unit;
    kinds[unit] = kindOf(String.fromCharCode(folded[unit] ?? unit));
  }
  return { folded, kinds };
}

/** The character beyond 16 bits that begins at `index`, or undefined. */
function pairAt(text: string, index: number): string | undefined {
  // Not by codePointAt: optimised, it reads past the end of a sliced string (seen with Node 24.21).
  const isPair =
    index + 1 < text.length && (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
  return isPair ? text.slice(index, index + 2) : undefined;
}

/** Folded text that grows, and can be cut back to where a revised text begins to differ. */
export class FoldedText {
  readonly #tables: Tables;
  #units = new Uint16Array(64);
  #offsets = new Int32Array(64);
  #length = 0;

  constructor() {
    tables ??= buildTables();
    this.#tables = tables;
  }

  get length(): number {
    return this.#length;
  }

  /** The folded unit at `index`; -1 beyond either end. */
  unit(index: number): number {
    return index >= 0 && index < this.#length ? (this.#units[index] ?? -1) : -1;
  }

  /** Where the unit at `index` stands in the original text, in UTF-16 units. */
  offset(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  kind(index: number): number {
    const unit = this.unit(index);
    return unit < 0 ? NOISE : (this.#tables.kinds[unit] ?? NOISE);
  }

  /** Forgets what comes from `original` on (an offset in the original text). */
  cut(original: number): void {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.offset(middle) < original) low = middle + 1;
      else high = middle;
    }
    // A space stands only for the letter that follows it.
    if (low > 0 && this.#units[low - 1] === SPACE_UNIT) low--;
    this.#length = low;
  }

  /** Reads on in `text`, which must begin with what has been folded so far. */
  extend(text: string): void {
    let spaceAt = -1;
    const from = this.#length === 0 ? 0 : this.offset(this.#length - 1) + 1;
    for (let i = from; i < text.length; i++) {
      const pair = pairAt(text, i);
      if (pair !== undefined) {
        spaceAt = this.#pushPair(pair, i++) ? -1 : spaceAt;
        continue;
      }
      const unit = text.charCodeAt(i);
      const folded = this.#tables.folded[unit] ?? unit;
      const kind = this.#tables.kinds[unit] ?? NOISE;
      if (kind === SPACE) spaceAt = spaceAt < 0 ? i : spaceAt;
      if (kind === NOISE || kind === SPACE) continue;
      if (spaceAt >= 0 && kind === LETTER && this.kind(this.#length - 1) === LETTER) this.#push(SPACE_UNIT, spaceAt);
      spaceAt = -1;
      this.#push(folded, i);
    }
  }

  #pushPair(pair: string, offset: number): boolean {
    if (IS_NOISE.test(pair)) return false;
    this.#push(pair.charCodeAt(0), offset);
    this.#push(pair.charCodeAt(1), offset + 1);
    return true;
  }

  #push(unit: number, offset: number): void {
    if (this.#length === this.#units.length) {
      this.#units = grown(this.#units, new Uint16Array(this.#length * 2));
      this.#offsets = grown(this.#offsets, new Int32Array(this.#length * 2));
    }
    this.#units[this.#length] = unit;
    this.#offsets[this.#length++] = offset;
  }

  toString(): string {
    let text = '';
    for (let i = 0; i < this.#length; i++) text += String.fromCharCode(this.#units[i] ?? 0);
    return text;
  }
}

/** Copies into a larger array of the same type. */
export function grown<Numbers extends Uint16Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/**
 * What two spellings of a word share: width and case are folded, punctuation, symbols and invisible characters are left out, and
 * so are spaces, save one between two letters (`a rapist` is not `arapist`; `越 狱` is `越狱`).
 */
export function fold(text: string): string {
  const folded = new FoldedText();
  folded.extend(text);
  return folded.toString();
}
