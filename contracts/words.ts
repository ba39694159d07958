import { z } from 'zod';
import { Instant } from './ids.ts';

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
  text: z.string().trim().min(1).max(LONGEST_WORD),
  within: z.number().int().min(1).max(100),
});
export type NearRule = z.infer<typeof NearRule>;

/** A local day, 2026-01-31. */
const Day = z.iso.date();
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

const text = (limit: number) => z.string().trim().max(limit);

export const WordInput = z
  .object({
    word: text(LONGEST_WORD).min(1),
    level: WordLevel.default(2),
    category: text(32).default(''),
    note: text(200).default(''),
    prisonIds: z.array(z.string().min(1).max(32)).max(MOST_WORD_PRISONS).default([]),
    validFrom: Day.nullable().default(null),
    validTo: Day.nullable().default(null),
    enabled: z.boolean().default(true),
    homophones: Homophones.default('usual'),
    near: z.array(NearRule).max(MOST_RULES).default([]),
    exceptions: z.array(text(LONGEST_WORD).min(1)).max(MOST_RULES).default([]),
  })
  .refine(({ validFrom, validTo }) => validFrom === null || validTo === null || validFrom <= validTo, {
    path: ['validTo'],
    message: 'date_order',
  });
export type WordInput = z.output<typeof WordInput>;
