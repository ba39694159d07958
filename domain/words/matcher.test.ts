import type { WatchedWord } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { fold, WordMatcher } from './index.ts';

const word = (text: string, level = 2): WatchedWord => ({ id: text, word: text, level, note: '' });
const words = (...texts: string[]) => texts.map((text) => word(text));
const found = (matcher: WordMatcher, text: string) =>
  matcher.find(text).map((hit) => `${hit.word.word}@${text.slice(hit.offset, hit.offset + hit.length)}#${hit.occurrence}`);

describe('fold', () => {
  it.each([
    ['ＡＢＣ１１０', 'abc110'],
    ['越 狱', '越狱'],
    ['越-，。·狱', '越狱'],
    ['越\u200b狱', '越狱'],
    ['越😀狱', '越狱'],
    ['Jail   Break', 'jail break'],
    ['d.r.u.g.s', 'drugs'],
    ['打 1 1 0', '打110'],
    ['  。 ', ''],
    ['𠮷野家', '𠮷野家'],
  ])('%j → %j', (text, folded) => expect(fold(text)).toBe(folded));
});

describe('words in a text', () => {
  it('are found through width, case and inserted noise, with their place in the original text', () => {
    const matcher = new WordMatcher(words('越狱', '微信号', 'KTV', '110'));
    expect(found(matcher, '他想越-狱，加ｋｔｖ的微。信 号打１１０')).toEqual([
      '越狱@越-狱#0',
      'KTV@ｋｔｖ#0',
      '微信号@微。信 号#0',
      '110@１１０#0',
    ]);
  });

  it('are found inside and across each other, and counted', () => {
    const matcher = new WordMatcher(words('毒品', '毒品交易', '交易'));
    expect(found(matcher, '毒品交易毒品')).toEqual(['毒品@毒品#0', '毒品交易@毒品交易#0', '交易@交易#0', '毒品@毒品#1']);
  });

  it('written in letters or digits are found only whole', () => {
    const matcher = new WordMatcher(words('rap', 'jail break', '110', 'therapist'));
    expect(found(matcher, 'rapid trap 21105 the rapist jail broken')).toEqual([]);
    expect(found(matcher, 'a rap, 打110吧 jail  break')).toEqual(['rap@rap#0', '110@110#0', 'jail break@jail  break#0']);
  });

  it('that fold to the same text count once, and words without text not at all', () => {
    expect(new WordMatcher(words('abc', 'ＡＢＣ', '！？')).size).toBe(1);
    expect(new WordMatcher([]).find('越狱')).toEqual([]);
  });

  it('of a long list are found fast', () => {
    const list = Array.from({ length: 100_000 }, (_, i) =>
      word(String.fromCharCode(0x4e00 + (i % 20_000), 0x4e00 + ((i * 7) % 20_011), 0x4e00 + (i >> 4))),
    );
    const matcher = new WordMatcher(list);
    expect(matcher.size).toBeGreaterThan(99_000);
    expect(found(matcher, `一丁${list[4242]?.word}七`)).toContain(`${list[4242]?.word}@${list[4242]?.word}#0`);
  });
});

// The naive reference: folds character by character with its own rules, then tries every word at every place.
const isLetter = (c: string) => /^[a-zé]$/.test(c);
const isDigit = (c: string) => /^[0-9]$/.test(c);
function naiveFold(text: string): { c: string; at: number }[] {
  const kept: { c: string; at: number }[] = [];
  let spaceAt = -1;
  let at = 0;
  for (const original of text) {
    const c = original.normalize('NFKC').toLowerCase();
    if (/\s/.test(c)) spaceAt = spaceAt < 0 ? at : spaceAt;
    else if (/[\p{L}\p{N}]/u.test(c)) {
      if (spaceAt >= 0 && isLetter(c) && isLetter(kept.at(-1)?.c ?? '')) kept.push({ c: ' ', at: spaceAt });
      for (let i = 0; i < c.length; i++) kept.push({ c: c[i] ?? '', at: at + i });
      spaceAt = -1;
    }
    at += original.length;
  }
  return kept;
}

function naiveFind(list: readonly WatchedWord[], text: string): string[] {
  const folded = naiveFold(text);
  const hits: { last: number; length: number; label: string }[] = [];
  const joins = (a = '', b = '') => (isLetter(a) && isLetter(b)) || (isDigit(a) && isDigit(b));
  for (const { word: spelled } of list) {
    const wanted = naiveFold(spelled).map(({ c }) => c);
    for (let first = 0, occurrence = 0; first + wanted.length <= folded.length; first++) {
      const last = first + wanted.length - 1;
      if (wanted.length === 0 || wanted.some((c, i) => folded[first + i]?.c !== c)) continue;
      if (joins(folded[first - 1]?.c, wanted[0]) || joins(wanted.at(-1), folded[last + 1]?.c)) continue;
      const [start, end] = [folded[first]?.at ?? 0, (folded[last]?.at ?? 0) + 1];
      hits.push({ last, length: wanted.length, label: `${spelled}@${start}+${end - start}#${occurrence++}` });
    }
  }
  return hits.sort((a, b) => a.last - b.last || b.length - a.length).map(({ label }) => label);
}

function randomiser(seed: number) {
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const text = (alphabet: readonly string[], length: number) => Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  return { below, text };
}

describe('against a naive reference', () => {
  const plain = ['越', '狱', '毒', 'a', 'b', 'é', '1', '2', '𠮷'];
  const noisy = [...plain, ...plain, 'Ａ', 'B', '１', ' ', '　', '，', '-', '\u200b', '😀'];

  it('finds the same words at the same places, in 3,000 random texts grown and revised at random', () => {
    const random = randomiser(20261120);
    for (let round = 0; round < 300; round++) {
      const distinct = new Set(Array.from({ length: 12 }, () => random.text(plain, 1 + random.below(4))));
      const list = [...distinct].map((text) => word(text));
      const scan = new WordMatcher(list).scan();
      let text = '';
      for (let step = 0; step < 10; step++) {
        text = text.slice(0, random.below(text.length + 1)) + random.text(noisy, random.below(12));
        const hits = scan.update(text).map((hit) => `${hit.word.word}@${hit.offset}+${hit.length}#${hit.occurrence}`);
        expect(hits, JSON.stringify({ text, words: [...distinct] })).toEqual(naiveFind(list, text));
      }
    }
  });
});
