import { createHash } from 'node:crypto';
import { type Instant, QinqiaoError, type Word, WordInput } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, newId, systemClock, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import { fold } from './fold.ts';
import type { WordTables } from './migrations.ts';

const FIELDS = ['id', 'word', 'level', 'note', 'created_at'] as const;
/** What is left out is as in `WordInput`. */
export type NewWord = z.input<typeof WordInput>;

const hashOf = (folded: string) => createHash('sha256').update(folded).digest('hex');

/**
 * Adds a word to the list, within the caller's transaction when `db` is one. Throws `word_exists` when the list holds the same word,
 * also in another width or case, and `word_unusable` when nothing in it can be spoken.
 */
export async function addWord(db: Db, input: NewWord, clock: Clock = systemClock): Promise<Word> {
  const word = WordInput.parse(input);
  const folded = fold(word.word);
  if (folded === '') throw new QinqiaoError('word_unusable', { fields: { word: 'no letter, digit or character' } });
  const now = clock.now();
  const added = { id: newId(now.getTime()), word: word.word, level: word.level, note: word.note };
  await inTransaction(db, async (trx) => {
    try {
      await trx
        .withTables<WordTables>()
        .insertInto('words')
        .values({ ...added, fold_hash: hashOf(folded), created_at: toInstant(now) })
        .execute();
    } catch (cause) {
      throw isDuplicateKey(cause) ? new QinqiaoError('word_exists', { cause }) : cause;
    }
    await bumpVersion(trx);
  });
  return toWord({ ...added, created_at: toInstant(now) });
}

/** Takes a word off the list, within the caller's transaction when `db` is one. Throws `not_found`. Alerts it raised stay. */
export async function deleteWord(db: Db, id: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numDeletedRows } = await trx.withTables<WordTables>().deleteFrom('words').where('id', '=', id).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw new QinqiaoError('not_found');
    await bumpVersion(trx);
  });
}

/** A page of the list, the newest first. `next` is the cursor of the following page, or null. */
export async function listWords(db: Db, page: { cursor?: string; limit: number }): Promise<{ items: Word[]; next: string | null }> {
  let query = db.withTables<WordTables>().selectFrom('words').select(FIELDS);
  if (page.cursor) query = query.where('id', '<', page.cursor);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map(toWord);
  return { items, next: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

/** The whole list, the oldest first, and its version. */
export async function loadWordList(db: Db): Promise<{ version: number; words: Word[] }> {
  // The version first: a change in between is then read again rather than missed.
  const version = await wordListVersion(db);
  const words = await db.withTables<WordTables>().selectFrom('words').select(FIELDS).orderBy('id').execute();
  return { version, words: words.map(toWord) };
}

/** Grows with every change of the list. Cheap: one row. */
export async function wordListVersion(db: Db): Promise<number> {
  const query = db.withTables<WordTables>().selectFrom('word_list').select('version').where('id', '=', 1);
  return (await query.executeTakeFirst())?.version ?? 0;
}

async function bumpVersion(db: Db): Promise<void> {
  const list = db.withTables<WordTables>().updateTable('word_list');
  await list
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1)
    .execute();
}

async function inTransaction(db: Db, work: (trx: Db) => Promise<void>): Promise<void> {
  if (db.isTransaction) await work(db);
  else await db.transaction().execute(work);
}

const toWord = ({ created_at, ...row }: { id: string; word: string; level: number; note: string; created_at: string }): Word => ({
  ...WordInput.parse({ word: row.word, homophones: 'off' }),
  ...row,
  version: 0,
  updatedAt: created_at as Instant,
  updatedBy: '',
});
