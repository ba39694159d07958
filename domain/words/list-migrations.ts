import type { Homophones } from '@qinqiao/contracts';
import type { Db, Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';
import { fold } from './fold.ts';
import { foldHash } from './fold-hash.ts';

export type WordListTables = {
  words: {
    id: string;
    word: string;
    level: number;
    category: string;
    note: string;
    /** Local days, both inclusive. */
    valid_from: string | null;
    valid_to: string | null;
    enabled: 0 | 1;
    homophones: Homophones;
    /** JSON: `near` and `exceptions` of `Word`. */
    rules: string;
    version: number;
    created_at: string;
    updated_at: string;
    updated_by: string;
  };
  /** Where a word is looked for: rows of prisons, or one whose prison is empty for all of them. */
  word_places: {
    word_id: string;
    prison_id: string;
    /** SHA-256 of the folded word: one of a kind for each place, alike on every database, whatever its collation. */
    fold_hash: string;
  };
  /** Which languages are expected in a prison (comma between codes); an empty prison: where nothing else is said. */
  language_policies: { prison_id: string; languages: string; version: number; updated_at: string; updated_by: string };
};

/** Who sees and edits which word is asked with each query: what is looked for in all prisons belongs to none of them. */
export const wordListScopes: TableScopes = { words: 'open', word_places: 'open', language_policies: 'open' };

interface OldWord {
  id: string;
  word: string;
  level: number;
  note: string;
  created_at: string;
}

async function createTables(db: Db): Promise<void> {
  await db.schema
    .createTable('words')
    .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('word', 'varchar(64)', (column) => column.notNull())
    .addColumn('level', 'integer', (column) => column.notNull())
    .addColumn('category', 'varchar(32)', (column) => column.notNull())
    .addColumn('note', 'varchar(255)', (column) => column.notNull())
    .addColumn('valid_from', 'varchar(10)')
    .addColumn('valid_to', 'varchar(10)')
    .addColumn('enabled', 'integer', (column) => column.notNull())
    .addColumn('homophones', 'varchar(8)', (column) => column.notNull())
    .addColumn('rules', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('updated_by', 'varchar(64)', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('ix_words_category').on('words').columns(['category', 'id']).execute();
  await db.schema.createIndex('ix_words_level').on('words').columns(['level', 'id']).execute();
  await db.schema
    .createTable('word_places')
    .addColumn('word_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
    .addColumn('fold_hash', 'char(64)', (column) => column.notNull())
    .addPrimaryKeyConstraint('pk_word_places', ['word_id', 'prison_id'])
    .addUniqueConstraint('uq_word_places', ['prison_id', 'fold_hash'])
    .execute();
  await db.schema
    .createTable('language_policies')
    .addColumn('prison_id', 'varchar(32)', (column) => column.primaryKey())
    .addColumn('languages', 'varchar(255)', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
    .addColumn('updated_by', 'varchar(64)', (column) => column.notNull())
    .execute();
}

const newRow = ({ id, word, level, note, created_at }: OldWord) => ({
  id,
  word,
  level,
  note,
  category: '',
  valid_from: null,
  valid_to: null,
  enabled: 1 as const,
  homophones: 'usual' as const,
  rules: '{}',
  version: 1,
  created_at,
  updated_at: created_at,
  updated_by: '',
});

/** Words that are the same now that traditional characters count as their simplified forms: the highest level stays. */
function distinct(words: readonly OldWord[]): Map<string, OldWord> {
  const kept = new Map<string, OldWord>();
  for (const word of words) {
    const folded = fold(word.word);
    if (folded !== '' && word.level > (kept.get(folded)?.level ?? 0)) kept.set(folded, word);
  }
  return kept;
}

export const wordListMigrations: Record<string, Migration> = {
  '2026_11_23_20_word_list': {
    async up(db) {
      const old = await db
        .withTables<{ words: OldWord }>()
        .selectFrom('words')
        .select(['id', 'word', 'level', 'note', 'created_at'])
        .execute();
      // Rebuilt, as a word may now stand once for each prison, and SQLite cannot take a unique column's rule away.
      await db.schema.dropTable('words').execute();
      await createTables(db as Db);
      const tables = db.withTables<WordListTables>();
      for (const [folded, word] of distinct(old)) {
        await tables.insertInto('words').values(newRow(word)).execute();
        await tables
          .insertInto('word_places')
          .values({ word_id: word.id, prison_id: '', fold_hash: foldHash(folded) })
          .execute();
      }
      const list = db.withTables<{ word_list: { id: number; version: number } }>().updateTable('word_list');
      await list
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .where('id', '=', 1)
        .execute();
    },
  },
};
