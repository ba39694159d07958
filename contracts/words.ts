import { z } from 'zod';
import { Instant } from './ids.ts';
import { OptionalDay, OptionalNote, OptionalText, RequiredText } from './person-fields.ts';

/** How serious a sensitive word is: 1 notice, 2 serious, 3 top (alerts at once). */
export const WordLevel = z.number().int().min(1).max(3);

/** exact: written as on the list, whatever its width, case, traditional form or inserted noise · homophone: it only sounds like it */
export const WordMatch = z.enum(['exact', 'homophone']);
export type WordMatch = z.infer<typeof WordMatch>;

/**
 * Which homophones of a word count. off: none · usual: same tones for two characters, any tones from three characters on · wide: any
 * tones for two characters too (many false hits)
 */
export const HOMOPHONES = ['off', 'usual', 'wide'] as const;
export const Homophones = z.enum(HOMOPHONES);
export type Homophones = z.infer<typeof Homophones>;

export const LONGEST_WORD = 40;
/** The word counts only where this other text stands at most so many characters before or after it. */
export const NearRule = z.object({
  text: RequiredText(LONGEST_WORD),
  within: z.number().int().min(1).max(100),
});
export type NearRule = z.infer<typeof NearRule>;

/** A local day, 2026-01-31. */
const Day = z.string();
export const MOST_RULES = 20;
export const MOST_WORD_PRISONS = 100;

/** An entry of the list of sensitive words. */
export const Word = z.object({
  id: z.string(),
  word: z.string(),
  level: WordLevel,
  /** Entry of dictionary `word_category`; empty: none. */
  category: z.string(),
  /** Why it is on the list, shown with its alerts. */
  note: z.string(),
  /** Prisons in whose calls it is looked for; empty: in all. */
  prisonIds: z.array(z.string()),
  /** Looked for from this local day on, and up to and including that one; null: no such day. */
  validFrom: Day.nullable(),
  validTo: Day.nullable(),
  enabled: z.boolean(),
  homophones: Homophones,
  /** Counts only near one of these; empty: anywhere. */
  near: z.array(NearRule),
  /** Phrases that excuse the word where it stands within them. */
  exceptions: z.array(z.string()),
  version: z.number().int().nonnegative(),
  updatedAt: Instant,
  updatedBy: z.string(),
});
export type Word = z.infer<typeof Word>;

/** What the search for words needs to know of one; what is left out: no category, no rules, usual homophones off, every prison. */
export type WatchedWord = Pick<Word, 'id' | 'word' | 'level' | 'note'> &
  Partial<Pick<Word, 'category' | 'homophones' | 'near' | 'exceptions' | 'prisonIds'>>;

export const WordInput = z
  .object({
    word: RequiredText(LONGEST_WORD),
    level: WordLevel.default(2),
    category: OptionalText(32),
    note: OptionalNote(200),
    prisonIds: z.array(z.string().min(1).max(32)).max(MOST_WORD_PRISONS).default([]),
    validFrom: OptionalDay,
    validTo: OptionalDay,
    enabled: z.boolean().default(true),
    homophones: Homophones.default('usual'),
    near: z.array(NearRule).max(MOST_RULES).default([]),
    exceptions: z.array(RequiredText(LONGEST_WORD)).max(MOST_RULES).default([]),
  })
  .refine(({ validFrom, validTo }) => validFrom === null || validTo === null || validFrom <= validTo, {
    path: ['validTo'],
    message: 'date_order',
  });
export type WordInput = z.output<typeof WordInput>;

/** An entry as lists show it to one officer. */
export const WordView = Word.extend({
  /** Whether the one who asks may change it: only who sees all prisons in which it is looked for. */
  mayEdit: z.boolean(),
});
export type WordView = z.infer<typeof WordView>;

/** valid: looked for today · waiting: its days are to come · over: its days have passed · off: switched off */
export const WordState = z.enum(['valid', 'waiting', 'over', 'off']);
export type WordState = z.infer<typeof WordState>;

/** What a find in the test box came to (`domain/words`). */
export const WordVerdict = z.enum(['hit', 'excused', 'not_near']);
export const WordFind = z.object({
  wordId: z.string(),
  word: z.string(),
  category: z.string(),
  note: z.string(),
  level: WordLevel,
  match: WordMatch,
  /** In UTF-16 units of the text. */
  offset: z.number().int().nonnegative(),
  length: z.number().int().positive(),
  verdict: WordVerdict,
  /** The phrase that excuses it, or the text near it (or that is missing near it); null: no rule had to do with it. */
  rule: z.string().nullable(),
});
export type WordFind = z.infer<typeof WordFind>;

/**
 * Languages that can be expected, told apart by their script: Zhuang and Vietnamese are written in Latin letters like English, and speech
 * that an engine writes down in Chinese characters counts as Chinese whatever was spoken.
 */
export const SPOKEN_LANGUAGES = {
  zh: { zh: '汉语（含方言）', en: 'Chinese', scripts: ['Han', 'Bopomofo'] },
  bo: { zh: '藏语', en: 'Tibetan', scripts: ['Tibetan'] },
  ug: { zh: '维吾尔语、哈萨克语', en: 'Uyghur, Kazakh', scripts: ['Arabic'] },
  mn: { zh: '蒙古语', en: 'Mongolian', scripts: ['Mongolian'] },
  ii: { zh: '彝语', en: 'Yi', scripts: ['Yi'] },
  ko: { zh: '朝鲜语', en: 'Korean', scripts: ['Hangul'] },
  ja: { zh: '日语', en: 'Japanese', scripts: ['Hiragana', 'Katakana', 'Han'] },
  ru: { zh: '俄语', en: 'Russian', scripts: ['Cyrillic'] },
  th: { zh: '泰语', en: 'Thai', scripts: ['Thai'] },
  latin: { zh: '英语等拉丁字母语言', en: 'English and others in Latin letters', scripts: ['Latin'] },
} as const;
export type SpokenLanguage = keyof typeof SPOKEN_LANGUAGES;
export const SPOKEN_LANGUAGE_CODES = Object.keys(SPOKEN_LANGUAGES) as [SpokenLanguage, ...SpokenLanguage[]];

/** Which languages are expected in a prison's conversations. */
export const LanguagePolicy = z.object({
  /** Empty: the language is not looked at. */
  languages: z.array(z.enum(SPOKEN_LANGUAGE_CODES)).max(SPOKEN_LANGUAGE_CODES.length),
  /** 0: nobody has set it, the language is not looked at. */
  version: z.number().int().nonnegative(),
});
export type LanguagePolicy = z.infer<typeof LanguagePolicy>;
