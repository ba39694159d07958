import { simplifiedForms } from './traditional.ts';

/** Kinds of folded UTF-16 units. Letters (of scripts that put spaces between words) and digits end a word; characters do not. */
const NOISE = 0;
const SPACE = 1;
const CHARACTER = 2;
export const LETTER = 3;
export const DIGIT = 4;
const SPACE_UNIT = 32;
const KIND_SHIFT = 16;
const UNIT = 0xffff;

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Tibetan}]/u;
const IS_NOISE = /[\p{P}\p{S}\p{M}\p{C}]/u;

/** Of each UTF-16 unit: what it folds to, and above that the kind of it. */
let table: Uint32Array | undefined;

function kindOf(character: string): number {
  if (/\s/u.test(character)) return SPACE;
  if (IS_NOISE.test(character)) return NOISE;
  if (/\p{Nd}/u.test(character)) return DIGIT;
  return /\p{L}/u.test(character) && !UNSPACED.test(character) ? LETTER : CHARACTER;
}

/** Width, circled and other compatible forms by NFKC, case by lower case, traditional forms by OpenCC; whatever would change its length stays as it is. */
function buildTable(): Uint32Array {
  const simplified = simplifiedForms();
  const built = new Uint32Array(65536);
  for (let unit = 0; unit < 65536; unit++) {
    const character = String.fromCharCode(unit);
    const form = character.normalize('NFKC').toLowerCase();
    const to = form.length === 1 ? form : character.toLowerCase();
    const plain = to.length === 1 ? to.charCodeAt(0) : unit;
    const folded = simplified.get(plain) ?? plain;
    built[unit] = folded | (kindOf(String.fromCharCode(folded)) << KIND_SHIFT);
  }
  return built;
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
  readonly #table: Uint32Array;
  #units = new Uint16Array(64);
  #offsets = new Int32Array(64);
  #length = 0;

  constructor() {
    table ??= buildTable();
    this.#table = table;
  }

  get length(): number {
    return this.#length;
  }

  /** The folded units; only those before `length` count, and only until the text grows. */
  get units(): Uint16Array {
    return this.#units;
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
    return unit < 0 ? NOISE : (this.#table[unit] ?? 0) >>> KIND_SHIFT;
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
    const from = this.#length === 0 ? 0 : this.offset(this.#length - 1) + 1;
    this.#makeRoom(text.length - from);
    const [map, units, offsets] = [this.#table, this.#units, this.#offsets];
    let length = this.#length;
    let before = this.kind(length - 1);
    let spaceAt = -1;
    for (let i = from; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if ((unit & 0xfc00) === 0xd800) {
        const pair = pairAt(text, i);
        if (pair === undefined) continue;
        if (!IS_NOISE.test(pair)) {
          units[length] = unit;
          offsets[length++] = i;
          units[length] = pair.charCodeAt(1);
          offsets[length++] = i + 1;
          [before, spaceAt] = [NOISE, -1];
        }
        i++;
        continue;
      }
      const folded = map[unit] ?? 0;
      const kind = folded >>> KIND_SHIFT;
      if (kind <= SPACE) {
        if (kind === SPACE && spaceAt < 0) spaceAt = i;
        continue;
      }
      if (spaceAt >= 0) {
        if (kind === LETTER && before === LETTER) {
          units[length] = SPACE_UNIT;
          offsets[length++] = spaceAt;
        }
        spaceAt = -1;
      }
      units[length] = folded & UNIT;
      offsets[length++] = i;
      before = kind;
    }
    this.#length = length;
  }

  /** For so many more units of text: each folds to one at most, as a space between letters stands for at least one itself. */
  #makeRoom(more: number): void {
    const needed = this.#length + Math.max(0, more) + 1;
    if (needed <= this.#units.length) return;
    const size = Math.max(needed, this.#units.length * 2);
    this.#units = grown(this.#units, new Uint16Array(size));
    this.#offsets = grown(this.#offsets, new Int32Array(size));
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
 * What two spellings of a word share: width, case and traditional forms are folded, punctuation, symbols and invisible characters are left
 * out, and so are spaces, save one between two letters (`a rapist` is not `arapist`; `越 獄` is `越狱`).
 */
export function fold(text: string): string {
  const folded = new FoldedText();
  folded.extend(text);
  return folded.toString();
}
