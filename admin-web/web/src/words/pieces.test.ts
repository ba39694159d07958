import { expect, it } from 'vitest';
import { pieces } from './pieces.ts';

const find = (offset: number, length: number, level: number, verdict: 'hit' | 'excused' = 'hit') => ({ offset, length, level, verdict });

it('cuts a text where finds begin and end; where they overlap the highest level counts', () => {
  const cut = pieces('卖毒品交易手机号', [find(1, 2, 1), find(1, 4, 3), find(3, 2, 2), find(5, 2, 2, 'excused')]);
  expect(cut.map(({ text, level, kept }) => `${text}${level}${kept ? '!' : ''}`)).toEqual(['卖0', '毒品3', '交易3', '手机0!', '号0']);
  expect(pieces('平安', [])).toEqual([{ from: 0, text: '平安', level: 0, kept: false }]);
});
