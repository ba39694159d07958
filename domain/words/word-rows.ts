import type { NearRule, Word } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { WordListTables } from './list-migrations.ts';

export type WordRow = WordListTables['words'];
/** In `word_places`: looked for in all prisons. */
export const EVERYWHERE = '';

export const wordTables = (db: Db) => db.withTables<WordListTables & { word_list: { id: number; version: number } }>();

interface Rules {
  near?: NearRule[];
  exceptions?: string[];
}

/** `prisonIds`: of its places; empty for all prisons. */
export function toWord(row: WordRow, prisonIds: readonly string[]): Word {
  const { near = [], exceptions = [] } = row.rules === '{}' ? {} : (JSON.parse(row.rules) as Rules);
  return {
    id: row.id,
    word: row.word,
    level: row.level,
    category: row.category,
    note: row.note,
    prisonIds: [...prisonIds],
    validFrom: row.valid_from,
    validTo: row.valid_to,
    enabled: row.enabled === 1,
    homophones: row.homophones,
    near,
    exceptions,
    version: row.version,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** Columns of what an officer enters. */
export const toColumns = (word: Omit<Word, 'id' | 'version' | 'updatedAt' | 'updatedBy'>) => ({
  word: word.word,
  level: word.level,
  category: word.category,
  note: word.note,
  valid_from: word.validFrom,
  valid_to: word.validTo,
  enabled: word.enabled ? (1 as const) : (0 as const),
  homophones: word.homophones,
  rules: word.near.length + word.exceptions.length === 0 ? '{}' : JSON.stringify({ near: word.near, exceptions: word.exceptions }),
});

/** Of each word the prisons in which it is looked for; those of all prisons have none. */
export async function prisonsOf(db: Db, wordIds: readonly string[]): Promise<Map<string, string[]>> {
  const prisons = new Map<string, string[]>();
  if (wordIds.length === 0) return prisons;
  const places = await wordTables(db)
    .selectFrom('word_places')
    .select(['word_id', 'prison_id'])
    .where('word_id', 'in', wordIds)
    .where('prison_id', '!=', EVERYWHERE)
    .execute();
  for (const { word_id, prison_id } of places) {
    const known = prisons.get(word_id);
    if (known) known.push(prison_id);
    else prisons.set(word_id, [prison_id]);
  }
  return prisons;
}
