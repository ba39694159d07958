import { z } from 'zod';
import { Day } from './person-fields.ts';
import { WordLevel } from './words.ts';

/** What figures of sensitive words are counted by. */
export const WordCountBy = z.enum(['day', 'month', 'word', 'category', 'prison', 'ward', 'inmate', 'family']);
export type WordCountBy = z.infer<typeof WordCountBy>;

export const MOST_COUNTED_DAYS = 366;

export const WordCountQuery = z.object({
  by: WordCountBy,
  /** Local days on which the words were heard, both inclusive, at most 366. */
  from: Day,
  to: Day,
  prisonId: z.string().max(32).optional(),
  wardId: z.string().max(32).optional(),
  category: z.string().max(32).optional(),
  level: z.coerce.number().pipe(WordLevel).optional(),
});
export type WordCountQuery = z.output<typeof WordCountQuery>;

export const WordCount = z.object({
  /** The day, month, word, category’s code, or id; empty where none is known. */
  key: z.string(),
  name: z.string(),
  hits: z.number().int(),
  /** Conversations in which there was one. */
  records: z.number().int(),
  /** Inmates and family members in whose conversations there was one. */
  inmates: z.number().int(),
  families: z.number().int(),
  right: z.number().int(),
  wrong: z.number().int(),
  /** Of those that were judged: 0…1; null where none was. */
  rightShare: z.number().nullable(),
});
export type WordCount = z.infer<typeof WordCount>;

/** So many rows are answered, those with the most hits (days and months: the newest); an export has all. */
export const MOST_WORD_COUNTS = 500;
export const WordCounts = z.object({
  items: z.array(WordCount),
  /** How many rows there are in all. */
  rows: z.number().int(),
  total: WordCount,
});
export type WordCounts = z.infer<typeof WordCounts>;
