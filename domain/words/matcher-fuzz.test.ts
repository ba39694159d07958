import type { WatchedWord } from '@qinqiao/contracts';
import fc from 'fast-check';
import { pinyin } from 'pinyin-pro';
import { describe, expect, it } from 'vitest';
import { WordMatcher } from './index.ts';

// The naive reference: folds character by character with its own rules, then tries every word at every place.
const TRADITIONAL: Record<string, string> = { 獄: '狱', 殺: '杀', 銀: '银' };
const SPOKEN: Record<string, string> = { 零: '0', 〇: '0', 一: '1', 幺: '1' };
const isLetter = (c = '') => /^[a-zé]$/.test(c);
const isDigit = (c = '') => /^[0-9]$/.test(c);
const isHan = (c = '') => /^[\u4e00-\u9fff]$/.test(c);

function naiveFold(text: string): { c: string; at: number }[] {
  const kept: { c: string; at: number }[] = [];
  let spaceAt = -1;
  let at = 0;
  for (const original of text) {
    const plain = original.normalize('NFKC').toLowerCase();
    const c = TRADITIONAL[plain] ?? plain;
    if (/\s/.test(c)) spaceAt = spaceAt < 0 ? at : spaceAt;
    else if (/[\p{L}\p{N}]/u.test(c)) {
      if (spaceAt >= 0 && isLetter(c) && isLetter(kept.at(-1)?.c)) kept.push({ c: ' ', at: spaceAt });
      for (let i = 0; i < c.length; i++) kept.push({ c: c[i] ?? '', at: at + i });
      spaceAt = -1;
    }
    at += original.length;
  }
  return kept;
}

const digitOf = (c: string) => SPOKEN[c] ?? c;
/** Of every place of a word how long the row of digits is that it stands in. */
const rowOfDigits = (word: readonly string[], at: number) => {
  const is = (i: number) => isDigit(digitOf(word[i] ?? ''));
  let [from, to] = [at, at];
  while (is(from - 1)) from--;
  while (is(to + 1)) to++;
  return is(at) ? to - from + 1 : 0;
};
const isWritten = (word: readonly string[], text: readonly string[]) =>
  word.every((c, i) => text[i] === c || (rowOfDigits(word, i) >= 3 && digitOf(text[i] ?? '') === digitOf(c)));

const sound = (c: string) => pinyin(c, { toneType: 'num', type: 'array' })[0] ?? '';
function isHomophone(word: readonly string[], text: readonly string[], homophones: WatchedWord['homophones']): boolean {
  const han = word.filter(isHan).length;
  if ((homophones ?? 'off') === 'off' || han < 2 || isWritten(word, text)) return false;
  const toned = han === 2 && homophones !== 'wide';
  const plain = (reading: string) => (toned ? reading : reading.replace(/\d/, ''));
  const read = word
    .join('')
    .split(/([\u4e00-\u9fff]+)/)
    .flatMap((part) => {
      if (!isHan(part[0])) return Array.from({ length: part.length }, () => '');
      return part.length === 1 ? [sound(part)] : pinyin(part, { toneType: 'num', type: 'array', toneSandhi: false });
    });
  return word.every((c, i) => text[i] === c || (isHan(c) && isHan(text[i]) && plain(sound(text[i] ?? '')) === plain(read[i] ?? '')));
}

function naiveFind(list: readonly WatchedWord[], text: string): string[] {
  const folded = naiveFold(text);
  const hits: { last: number; first: number; order: number; label: string }[] = [];
  const joins = (a = '', b = '') => (isLetter(a) && isLetter(b)) || (isDigit(a) && isDigit(b));
  for (const [order, { word: spelled, homophones }] of list.entries()) {
    const wanted = naiveFold(spelled).map(({ c }) => c);
    for (let first = 0, occurrence = 0; first + wanted.length <= folded.length; first++) {
      const last = first + wanted.length - 1;
      const there = folded.slice(first, last + 1).map(({ c }) => c);
      const match = isWritten(wanted, there) ? 'exact' : isHomophone(wanted, there, homophones) ? 'homophone' : null;
      if (match === null || joins(folded[first - 1]?.c, there[0]) || joins(there.at(-1), folded[last + 1]?.c)) continue;
      const [start, end] = [folded[first]?.at ?? 0, (folded[last]?.at ?? 0) + 1];
      hits.push({ last, first, order, label: `${spelled}@${start}+${end - start}#${occurrence++} ${match}` });
    }
  }
  return hits.sort((a, b) => a.last - b.last || a.first - b.first || a.order - b.order).map(({ label }) => label);
}

// Characters that sound alike with and without tones, that have several readings, of other scripts, and beyond 16 bits.
const PLAIN = ['越', '月', '狱', '玉', '语', '银', '行', '杏', '航', '重', '一', '幺', '零', 'a', 'b', 'é', '1', '0', '𠮷'];
const NOISY = [...PLAIN, ...PLAIN, '獄', '銀', 'Ａ', 'B', '１', '〇', ' ', '　', '，', '-', '\u200b', '😀'];
const textOf = (alphabet: readonly string[], from: number, to: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: from, maxLength: to }).map((characters) => characters.join(''));
const lists = fc
  .uniqueArray(fc.record({ word: textOf(PLAIN, 1, 4), homophones: fc.constantFrom('off', 'usual', 'wide') }), {
    minLength: 1,
    maxLength: 12,
    selector: ({ word }) =>
      naiveFold(word)
        .map(({ c }) => c)
        .join(''),
  })
  .map((some): WatchedWord[] => some.map((one) => ({ ...one, id: one.word, level: 2, note: '' })));
/** A text that is told again and again, each time revised from somewhere on. */
const revisions = fc.array(fc.record({ keep: fc.double({ min: 0, max: 1, noNaN: true }), more: textOf(NOISY, 0, 14) }), { maxLength: 8 });

describe('against a naive reference', () => {
  it('finds the same words at the same places, written or heard, in texts grown and revised at random', () => {
    const same = fc.property(lists, revisions, (list, steps) => {
      const scan = new WordMatcher(list).scan();
      let text = '';
      for (const { keep, more } of steps) {
        text = text.slice(0, Math.floor(keep * (text.length + 1))) + more;
        const hits = scan.update(text).map((hit) => `${hit.word.word}@${hit.offset}+${hit.length}#${hit.occurrence} ${hit.match}`);
        expect(hits, text).toEqual(naiveFind(list, text));
      }
    });
    fc.assert(same, { numRuns: 300, seed: 20261121 });
  });
});
