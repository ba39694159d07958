import type { WatchedWord } from '@qinqiao/contracts';
import type { Stepwise } from './automaton.ts';
import { fold } from './fold.ts';
import { type Machine, packed, Patterns } from './patterns.ts';
import { Sounds, toneless } from './sounds.ts';
import { plainDigit } from './spoken-digits.ts';

/** What a pattern of the written words is: the word, one of its near texts, or a phrase that excuses it. */
export const ROLES = { word: 0, near: 1, exception: 2 } as const;
const RULE_SHIFT = 2;
export const roleOf = (detail: number): number => detail & 3;
export const ruleOf = (detail: number): number => detail >>> RULE_SHIFT;

/** Symbols of what has no sound, beyond all sounds. */
const UNSOUNDED = 4096;
/** Characters of a word that sound otherwise in it than by themselves, up to which each may stand for itself in a homophone. */
const MOST_VARIED = 4;

export interface WordIndex {
  words: readonly WatchedWord[];
  /** Of each word, and of its near texts and exceptions, the folded form. */
  folded: readonly string[];
  nears: ReadonlyMap<number, readonly string[]>;
  exceptions: ReadonlyMap<number, readonly string[]>;
  written: Machine;
  /** Homophones with tones, and without; null: no word has any. */
  toned: Machine | null;
  toneless: Machine | null;
  /** Words alike when folded, the one that stands before the others first. */
  alike: readonly (readonly number[])[];
}

let sounds: Sounds | undefined;
/** The words' sounds are needed only where homophones are looked for. */
function* loadedSounds(): Stepwise<Sounds> {
  sounds ??= yield* Sounds.load();
  return sounds;
}

const unitsOf = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const usable = (texts: readonly string[]) => texts.map(fold).filter((text) => text !== '');

/** Makes a list ready to be looked for. Words without any letter, digit or character are left out. */
export function* buildIndex(list: readonly WatchedWord[]): Stepwise<WordIndex> {
  const words: WatchedWord[] = [];
  const folded: string[] = [];
  const nears = new Map<number, string[]>();
  const exceptions = new Map<number, string[]>();
  const written = new Patterns();
  const addWritten = (text: string, word: number, role: number, rule = 0) =>
    written.add(unitsOf(text).map(plainDigit), packed(word, role | (rule << RULE_SHIFT)));
  for (const [at, entry] of list.entries()) {
    if (at % 1000 === 999) yield;
    const text = fold(entry.word);
    if (text === '') continue;
    const word = words.push(entry) - 1;
    folded.push(text);
    addWritten(text, word, ROLES.word);
    if (entry.near?.length)
      nears.set(
        word,
        entry.near.map(({ text: near }) => fold(near)),
      );
    if (entry.exceptions?.length) exceptions.set(word, usable(entry.exceptions));
    for (const [rule, near] of (nears.get(word) ?? []).entries()) if (near !== '') addWritten(near, word, ROLES.near, rule);
    for (const [rule, phrase] of (exceptions.get(word) ?? []).entries()) addWritten(phrase, word, ROLES.exception, rule);
  }
  const homophones = yield* buildHomophones(words, folded);
  const machine = yield* written.build(plainDigit);
  return { words, folded, nears, exceptions, written: machine, ...homophones, alike: yield* alikeOf(words, folded) };
}

function* buildHomophones(words: readonly WatchedWord[], folded: readonly string[]): Stepwise<Pick<WordIndex, 'toned' | 'toneless'>> {
  if (!words.some(({ homophones = 'off' }) => homophones !== 'off')) return { toned: null, toneless: null };
  const known = yield* loadedSounds();
  const parts = { toned: new Patterns(), toneless: new Patterns() };
  for (const [word, { homophones = 'off' }] of words.entries()) {
    if (word % 500 === 499) yield;
    const text = folded[word] ?? '';
    const sounded = homophones === 'off' ? 0 : unitsOf(text).filter((unit) => known.usual(unit) > 0).length;
    if (sounded < 2) continue;
    const isToned = sounded === 2 && homophones !== 'wide';
    addHomophone(isToned ? parts.toned : parts.toneless, { word, text, known, sound: isToned ? (sound) => sound : toneless });
  }
  known.tidy();
  const symbol = (sound: (of: number) => number) => (unit: number) => sound(known.usual(unit)) || UNSOUNDED + unit;
  return {
    toned: parts.toned.size > 0 ? yield* parts.toned.build(symbol((sound) => sound)) : null,
    toneless: parts.toneless.size > 0 ? yield* parts.toneless.build(symbol(toneless)) : null,
  };
}

interface Sounded {
  word: number;
  text: string;
  known: Sounds;
  sound: (of: number) => number;
}

/**
 * A word's sounds as it is read, and again with each character that is read otherwise by itself (行 in 银行): a text's characters count as
 * read by themselves, and there only that very character will do (银行 is no 银杏). The entry's detail marks those places.
 */
function addHomophone(patterns: Patterns, { word, text, known, sound }: Sounded): void {
  const usual = unitsOf(text).map((unit) => sound(known.usual(unit)) || UNSOUNDED + unit);
  const read = [...known.ofWord(text)].map((of, at) => sound(of) || (usual[at] ?? 0));
  const varied = read.flatMap((of, at) => (of === usual[at] || at > 31 ? [] : [at])).slice(0, MOST_VARIED);
  for (let choice = 0; choice < 1 << varied.length; choice++) {
    const same = varied.filter((_, bit) => (choice & (1 << bit)) !== 0);
    const symbols = read.map((of, at) => (same.includes(at) ? (usual[at] ?? 0) : of));
    const marks = same.reduce((mask, at) => mask + 2 ** at, 0);
    patterns.add(symbols, packed(word, marks));
  }
}

/** Of words alike the highest level stands before the others, then one of a named prison, then the one that comes first. */
function* alikeOf(words: readonly WatchedWord[], folded: readonly string[]): Stepwise<number[][]> {
  const byFold = new Map<string, number | number[]>();
  for (const [word, text] of folded.entries()) {
    if (word % 5000 === 4999) yield;
    const known = byFold.get(text);
    if (known === undefined) byFold.set(text, word);
    else byFold.set(text, [...(typeof known === 'number' ? [known] : known), word]);
  }
  const rank = (word: number) => (words[word]?.level ?? 0) * 2 + (words[word]?.prisonIds?.length ? 1 : 0);
  return [...byFold.values()]
    .filter((alike) => typeof alike !== 'number')
    .map((alike) => alike.toSorted((a, b) => rank(b) - rank(a) || a - b));
}
