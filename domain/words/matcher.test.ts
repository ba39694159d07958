import type { WatchedWord } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { buildMatchers, fold, type JudgedHit, WordMatcher } from './index.ts';

const word = (text: string, level = 2): WatchedWord => ({ id: text, word: text, level, note: '' });
const words = (...texts: string[]) => texts.map((text) => word(text));
const found = (matcher: WordMatcher, text: string) =>
  matcher.find(text).map((hit) => `${hit.word.word}@${text.slice(hit.offset, hit.offset + hit.length)}#${hit.occurrence}`);

describe('fold', () => {
  it.each([
    ['ＡＢＣ１１０', 'abc110'],
    ['越 狱', '越狱'],
    ['越 獄、自殺', '越狱自杀'],
    ['頭髮乾淨', '头发干净'],
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
  it('are found in traditional characters', () => {
    expect(found(new WordMatcher(words('越狱', '自殺')), '他想越獄，不是自杀')).toEqual(['越狱@越獄#0', '自殺@自杀#0']);
  });

  it('with a number of three digits or more are found in spoken digits too, others are not', () => {
    const matcher = new WordMatcher(words('110', '八八八', '1起', '打119'));
    expect(found(matcher, '幺幺零，一一〇，110和888，一起打一幺九')).toEqual([
      '110@幺幺零#0',
      '110@一一〇#1',
      '110@110#2',
      '八八八@888#0',
      '打119@打一幺九#0',
    ]);
  });

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

const heard = (homophones: 'usual' | 'wide', ...texts: string[]) => words(...texts).map((one) => ({ ...one, level: 3, homophones }));
const matches = (matcher: WordMatcher, text: string) =>
  matcher.find(text).map((hit) => `${hit.word.word}~${text.slice(hit.offset, hit.offset + hit.length)} ${hit.match} ${hit.level}`);

describe('homophones', () => {
  it('of two characters need the same tones, unless the word asks for all', () => {
    expect(matches(new WordMatcher(heard('usual', '越狱')), '他讲粤语，他要月玉，越狱')).toEqual([
      '越狱~月玉 homophone 2',
      '越狱~越狱 exact 3',
    ]);
    expect(matches(new WordMatcher(heard('wide', '越狱')), '他讲粤语')).toEqual(['越狱~粤语 homophone 2']);
  });

  it('of three characters and more count in any tones, of one never', () => {
    expect(matches(new WordMatcher(heard('usual', '海洛因', '毒')), '还落印 独')).toEqual(['海洛因~还落印 homophone 2']);
  });

  it('are not looked for where the word does not ask for them, and are level 1 at least', () => {
    expect(matches(new WordMatcher([{ ...word('自杀', 1), homophones: 'usual' }, word('毒品', 3)]), '独品')).toEqual([]);
    expect(matches(new WordMatcher([{ ...word('自杀', 1), homophones: 'usual' }]), '字杀')).toEqual(['自杀~字杀 homophone 1']);
  });

  it('take a character with several readings as the word has it', () => {
    const matcher = new WordMatcher(heard('usual', '银行', '银行卡'));
    // 行 alone is xing: 银杏 is no 银行, though 银行 itself, or its own 行 in 银行咖, is.
    expect(matches(matcher, '银杏 吟航 银行 银行咖')).toEqual([
      '银行~吟航 homophone 2',
      '银行~银行 exact 3',
      '银行~银行 exact 3',
      '银行卡~银行咖 homophone 2',
    ]);
  });

  it('keep letters and digits of the word', () => {
    expect(matches(new WordMatcher(heard('usual', 'K粉丝')), 'k份思 g份思')).toEqual([]);
    expect(matches(new WordMatcher(heard('usual', 'K粉丝')), 'k粉思')).toEqual(['K粉丝~k粉思 homophone 2']);
  });
});

describe('rules of a word', () => {
  const judged = (hits: readonly JudgedHit[]) =>
    hits.map(({ word: { word: text }, verdict, rule }) => `${text} ${verdict} ${rule ?? ''}`.trim());

  it('near another text: only within so many characters, before or after it', () => {
    const matcher = new WordMatcher([{ ...word('东西'), near: [{ text: '带进', within: 3 }] }]);
    expect(judged(matcher.explain('东西，我带进来，里面的东西'))).toEqual(['东西 hit 带进', '东西 not_near 带进']);
    expect(matcher.find('东西，我带进来，里面的东西').map(({ occurrence }) => occurrence)).toEqual([0]);
  });

  it('exceptions: a phrase around the word excuses it, also one that sounds like the word', () => {
    const matcher = new WordMatcher([{ ...word('越狱'), homophones: 'wide', exceptions: ['电视剧越狱', '粤语'] }]);
    expect(judged(matcher.explain('看电视剧《越狱》，讲粤语，想越狱'))).toEqual([
      '越狱 excused 电视剧越狱',
      '越狱 excused 粤语',
      '越狱 hit',
    ]);
    expect(matcher.find('看电视剧《越狱》，讲粤语，想越狱').map(({ occurrence }) => occurrence)).toEqual([2]);
  });

  it('that a text may yet fulfil: what is not final waits, save for the top level; the final text decides', () => {
    const rules = { exceptions: ['手机号码'] };
    const scan = new WordMatcher([{ ...word('手机', 2), ...rules }]).scan();
    expect(scan.update('他的手机', { final: false })).toEqual([]);
    expect(scan.update('他的手机号', { final: false })).toEqual([]);
    expect(scan.update('他的手机坏', { final: false })).toHaveLength(1);
    expect(scan.update('他的手机号码', { final: false })).toEqual([]);
    expect(scan.update('他的手机号')).toHaveLength(1);
    const top = new WordMatcher([{ ...word('手机', 3), ...rules }]).scan();
    expect(top.update('他的手机', { final: false })).toHaveLength(1);
    expect(top.update('他的手机号码')).toEqual([]);
  });
});

describe('words of prisons', () => {
  it('count in their prisons only; of two alike the higher level does', async () => {
    const list = [
      { ...word('手机', 1), id: 'all' },
      { ...word('手机', 3), id: 'a', prisonIds: ['a'] },
      { ...word('手机', 1), id: 'b', prisonIds: ['b'] },
      { ...word('毒品', 2), id: 'b2', prisonIds: ['b', 'c'] },
    ];
    let pauses = 0;
    const matchers = await buildMatchers(list, async () => void pauses++);
    const idsIn = (prison: string) =>
      matchers
        .of(prison)
        .find('手机毒品')
        .map(({ word: { id } }) => id);
    expect([idsIn('a'), idsIn('b'), idsIn('c'), idsIn('d')]).toEqual([['a'], ['b', 'b2'], ['all', 'b2'], ['all']]);
    expect(matchers.of('d')).toBe(matchers.of('e'));
    expect([matchers.of('a').size, matchers.of(null).size]).toEqual([1, 1]);
  });
});
