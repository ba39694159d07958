import { QinqiaoError, type Word, WordInput } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, newId, systemClock, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import { SEES_ALL, type SeenUnits } from '../scope/index.ts';
import { useEntries } from '../settings/index.ts';
import { assertPlaces, assertUsable } from './check.ts';
import { fold } from './fold.ts';
import { foldHash } from './fold-hash.ts';
import { getWord, mayEdit } from './list.ts';
import { EVERYWHERE, toColumns, toWord, wordTables } from './word-rows.ts';

/** What is left out is as in `WordInput`. */
export type NewWord = z.input<typeof WordInput>;

/** Who changes the list, and what he sees. */
export interface Editor {
  seen: SeenUnits;
  name: string;
}
const INSTALLATION: Editor = { seen: SEES_ALL, name: '' };

/**
 * Adds a word to the list, within the caller's transaction when `db` is one. Throws `word_exists` when one of its places holds the same
 * word, also in another width, case or in traditional characters, `word_unusable` when nothing in it can be spoken, `bad_request` naming
 * fields, and `out_of_scope` for prisons that the editor does not see as a whole.
 */
export async function addWord(db: Db, input: NewWord, clock: Clock = systemClock, editor: Editor = INSTALLATION): Promise<Word> {
  const word = tidied(WordInput.parse(input));
  assertUsable(word);
  return within(db, async (trx) => {
    await assertPlaces(trx, editor.seen, word.prisonIds);
    await markCategory(trx, word.category);
    const now = clock.now();
    const at = toInstant(now);
    const row = { id: newId(now.getTime()), ...toColumns(word), version: 1, created_at: at, updated_at: at, updated_by: editor.name };
    await wordTables(trx).insertInto('words').values(row).execute();
    await place(trx, row.id, word);
    await bumpVersion(trx);
    return toWord(row, word.prisonIds);
  });
}

/** Changes a word. Throws what `addWord` throws, `not_found` and `edit_conflict`. Alerts it raised stay as they are. */
export async function editWord(
  db: Db,
  id: string,
  { version, ...input }: NewWord & { version: number },
  clock: Clock,
  editor: Editor,
): Promise<{ before: Word; after: Word }> {
  const word = tidied(WordInput.parse(input));
  assertUsable(word);
  return within(db, async (trx) => {
    const row = await wordTables(trx).selectFrom('words').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    const before = await getWord(trx, editor.seen, id);
    if (!row || !mayEdit(editor.seen, before.prisonIds)) throw new QinqiaoError('out_of_scope');
    if (row.version !== version) throw new QinqiaoError('edit_conflict');
    await assertPlaces(trx, editor.seen, word.prisonIds);
    await markCategory(trx, word.category, before.category);
    const fresh = { ...row, ...toColumns(word), version: version + 1, updated_at: toInstant(clock.now()), updated_by: editor.name };
    await wordTables(trx).updateTable('words').set(fresh).where('id', '=', id).execute();
    await wordTables(trx).deleteFrom('word_places').where('word_id', '=', id).execute();
    await place(trx, id, word);
    await bumpVersion(trx);
    return { before, after: toWord(fresh, word.prisonIds) };
  });
}

/** Takes a word off the list, within the caller's transaction when `db` is one. Throws `not_found`, `out_of_scope`. Alerts it raised stay. */
export async function deleteWord(db: Db, id: string, editor: Editor = INSTALLATION): Promise<Word> {
  return within(db, async (trx) => {
    const before = await getWord(trx, editor.seen, id);
    if (!mayEdit(editor.seen, before.prisonIds)) throw new QinqiaoError('out_of_scope');
    await wordTables(trx).deleteFrom('word_places').where('word_id', '=', id).execute();
    await wordTables(trx).deleteFrom('words').where('id', '=', id).execute();
    await bumpVersion(trx);
    return before;
  });
}

/** To be called with every change that running calls must know of. */
export async function bumpVersion(db: Db): Promise<void> {
  const list = wordTables(db).updateTable('word_list');
  await list
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', 1)
    .execute();
}

const tidied = (word: WordInput): WordInput => ({ ...word, prisonIds: [...new Set(word.prisonIds)].toSorted() });

async function markCategory(db: Db, category: string, kept = ''): Promise<void> {
  if (category !== '') await useEntries(db, 'word_category', [category], { field: 'category', kept: [kept] });
}

async function place(db: Db, wordId: string, { word, prisonIds }: WordInput): Promise<void> {
  const fold_hash = foldHash(fold(word));
  const places = (prisonIds.length === 0 ? [EVERYWHERE] : prisonIds).map((prison_id) => ({ word_id: wordId, prison_id, fold_hash }));
  try {
    await wordTables(db).insertInto('word_places').values(places).execute();
  } catch (cause) {
    throw isDuplicateKey(cause) ? new QinqiaoError('word_exists', { cause, fields: { word: 'exists_already' } }) : cause;
  }
}

/** In the caller's transaction, or in one of its own. */
export async function within<Result>(db: Db, work: (trx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
