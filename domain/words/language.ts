import { SPOKEN_LANGUAGES } from '@qinqiao/contracts';

/** Scripts that put no space between words: their characters are counted, of the others the words. */
const UNSPACED = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Thai', 'Tibetan', 'Yi'];
/** Fewer may be a name, an abbreviation or a slip of the engine. */
const FEWEST = 3;

const scriptNames = [...new Set(Object.values(SPOKEN_LANGUAGES).flatMap(({ scripts }) => scripts as readonly string[]))];
const MATCHERS = scriptNames.map((script) => {
  const letters = `(?=\\p{L})\\p{sc=${script}}`;
  return [script, new RegExp(UNSPACED.includes(script) ? letters : `(?:${letters}\\p{M}*)+`, 'gu')] as const;
});
const ANY_LETTER = /\p{L}+/gu;

/**
 * Whether a text is for the most part in none of the expected languages, by the scripts it is written in; without any expected language no
 * text is. A foreign language that an engine wrote down in an expected script cannot be told.
 */
export function isForeign(text: string, expected: readonly string[]): boolean {
  if (expected.length === 0) return false;
  const known: Record<string, { scripts: readonly string[] }> = SPOKEN_LANGUAGES;
  const scripts = new Set(expected.flatMap((code) => known[code]?.scripts ?? []));
  let [ours, others, rest] = [0, 0, text];
  for (const [script, pattern] of MATCHERS) {
    const count = rest.match(pattern)?.length ?? 0;
    if (count === 0) continue;
    rest = rest.replace(pattern, ' ');
    if (scripts.has(script)) ours += count;
    else others += count;
  }
  others += rest.match(ANY_LETTER)?.length ?? 0;
  return others >= FEWEST && others > ours;
}
