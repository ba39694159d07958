import type { WordAlert } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { bySegment, markWords } from './mark-words.ts';

const alert = (offset: number, length: number, more: Partial<WordAlert> = {}) =>
  ({ id: `${offset}-${length}`, segmentId: 's1', offset, length, state: 'confirmed', ...more }) as WordAlert;
const shown = (text: string, alerts: WordAlert[]) => markWords(text, alerts).map((part) => (part.alert ? `[${part.text}]` : part.text));

describe('markWords', () => {
  it('cuts the text at its words, in whatever order they came', () => {
    expect(shown('他说毒品在手机里', [alert(5, 2), alert(2, 2)])).toEqual(['他说', '[毒品]', '在', '[手机]', '里']);
  });

  it('shows a text without words, and an empty one, whole', () => {
    expect(shown('今天天气好', [])).toEqual(['今天天气好']);
    expect(shown('', [])).toEqual(['']);
  });

  it('marks a word that is the whole text', () => expect(shown('越狱', [alert(0, 2)])).toEqual(['[越狱]']));

  it('of words that overlap the longer first one counts', () => {
    expect(shown('自杀自残', [alert(0, 2), alert(0, 4), alert(2, 2)])).toEqual(['[自杀自残]']);
  });

  it('leaves out what does not fit the text and what was not confirmed', () => {
    expect(shown('短', [alert(3, 2)])).toEqual(['短']);
    expect(shown('越狱', [alert(0, 2, { state: 'unconfirmed' })])).toEqual(['越狱']);
  });
});

it('bySegment keeps every alert', () => {
  const map = bySegment([alert(0, 1), alert(2, 1), alert(0, 1, { segmentId: 's2' })]);
  expect([...map].map(([id, list]) => [id, list.length])).toEqual([
    ['s1', 2],
    ['s2', 1],
  ]);
});
