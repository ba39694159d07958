import type { EngineText } from './port.ts';

/** A word with its times, in ms of what the engine was given. */
export interface TimedWord {
  word: string;
  startMs: number;
  endMs: number;
}

const IDEOGRAPH = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const needsSpace = (before: string, after: string) =>
  before !== '' && after !== '' && !IDEOGRAPH.test(before.at(-1) ?? '') && !IDEOGRAPH.test(after[0] ?? '');

/** Words as they are written: Chinese without the spaces that engines put between its words. */
export function joinWords(words: readonly TimedWord[]): Pick<EngineText, 'text' | 'spans'> {
  const spans: EngineText['spans'] = [];
  let text = '';
  for (const { word, endMs } of words) {
    if (needsSpace(text, word)) text += ' ';
    spans.push({ offset: text.length, length: word.length, endMs });
    text += word;
  }
  return { text, spans };
}

/** The same for text without times. */
export const closeUp = (text: string): string =>
  joinWords(
    text
      .split(/\s+/u)
      .filter(Boolean)
      .map((word) => ({ word, startMs: 0, endMs: 0 })),
  ).text;
