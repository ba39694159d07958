// Writes zh-x-trial.arpa: a unigram model in which every word of zh-x-trial.dict is as likely as the others.
import { readFileSync, writeFileSync } from 'node:fs';

/** The model in ARPA format for a dictionary of lines `WORD PHONE PHONE …`. */
export function languageModel(dictionary: string): string {
  const words = dictionary
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  const share = Math.log10(1 / (words.length + 1)).toFixed(4);
  const unigrams = ['-99 <s> 0', `${share} </s>`, ...words.map((word) => `${share} ${word}`)];
  return `\\data\\\nngram 1=${unigrams.length}\n\n\\1-grams:\n${unigrams.join('\n')}\n\n\\end\\\n`;
}

if (import.meta.main) {
  const dictionary = readFileSync(new URL('zh-x-trial.dict', import.meta.url), 'utf8');
  writeFileSync(new URL('zh-x-trial.arpa', import.meta.url), languageModel(dictionary));
}
