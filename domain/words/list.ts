import { QinqiaoError, type Word, type WordState, type WordView } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { SeenUnits } from '../scope/index.ts';
import { fold } from './fold.ts';
import { foldHash } from './fold-hash.ts';
import { EVERYWHERE, prisonsOf, toWord, wordTables } from './word-rows.ts';

export interface WordFilter {
  /** A part of the word or its explanation, or the word in another spelling. */
  text?: string | undefined;
  category?: string | undefined;
  level?: number | undefined;
  state?: WordState | undefined;
  /** Looked for in this prison (so also in all); `all`: only what is looked for in all prisons. */
  prisonId?: string | undefined;
}

interface Asked extends WordFilter {
  cursor?: string | undefined;
  limit: number;
}

/** Prisons whose own words the officer sees; those of all prisons everybody sees. */
export const prisonsSeen = (seen: SeenUnits): string[] => [...seen.prisons, ...seen.partly];

/** Only who sees all of a word's prisons, as a whole, may change it. */
export const mayEdit = (seen: SeenUnits, prisonIds: readonly string[]): boolean =>
  seen.all || (prisonIds.length > 0 && prisonIds.every((id) => seen.prisons.includes(id)));

/** A page of the list as an officer sees it, the newest first. `next` is the cursor of the following page, or null. */
export async function listWords(
  db: Db,
  seen: SeenUnits,
  { cursor, limit, ...filter }: Asked,
  today: string,
): Promise<{ items: WordView[]; next: string | null }> {
  let query = found(db, seen, filter, today);
  if (cursor) query = query.where('words.id', '<', cursor);
  const rows = await query
    .selectAll('words')
    .orderBy('words.id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const prisons = await prisonsOf(
    db,
    page.map(({ id }) => id),
  );
  const items = page.map((row) => {
    const word = toWord(row, prisons.get(row.id) ?? []);
    return { ...word, mayEdit: mayEdit(seen, word.prisonIds) };
  });
  return { items, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function found(db: Db, seen: SeenUnits, { text, category, level, state, prisonId }: WordFilter, today: string) {
  let query = wordTables(db).selectFrom('words');
  const places = () => wordTables(db).selectFrom('word_places').select('word_places.word_id');
  if (!seen.all) query = query.where('words.id', 'in', places().where('prison_id', 'in', [EVERYWHERE, ...prisonsSeen(seen)]));
  if (prisonId !== undefined) {
    const wanted = prisonId === 'all' ? [EVERYWHERE] : [EVERYWHERE, prisonId];
    query = query.where('words.id', 'in', places().where('prison_id', 'in', wanted));
  }
  if (category !== undefined) query = query.where('words.category', '=', category);
  if (level !== undefined) query = query.where('words.level', '=', level);
  if (text) {
    const same = places().where('fold_hash', '=', foldHash(fold(text)));
    query = query.where((eb) =>
      eb.or([
        // By `instr`, as the databases differ in how `like` escapes.
        eb(eb.fn<number>('instr', ['words.word', eb.val(text)]), '>', 0),
        eb(eb.fn<number>('instr', ['words.note', eb.val(text)]), '>', 0),
        eb('words.id', 'in', same),
      ]),
    );
  }
  if (state === 'off') query = query.where('words.enabled', '=', 0);
  else if (state !== undefined) query = query.where('words.enabled', '=', 1);
  if (state === 'waiting') query = query.where('words.valid_from', '>', today);
  if (state === 'over') query = query.where('words.valid_to', '<', today);
  if (state === 'valid') {
    query = query
      .where((eb) => eb.or([eb('words.valid_from', 'is', null), eb('words.valid_from', '<=', today)]))
      .where((eb) => eb.or([eb('words.valid_to', 'is', null), eb('words.valid_to', '>=', today)]));
  }
  return query;
}

/** Throws `not_found`, also for a word of other prisons. */
export async function getWord(db: Db, seen: SeenUnits, id: string): Promise<Word> {
  const row = await wordTables(db).selectFrom('words').selectAll().where('id', '=', id).executeTakeFirst();
  const prisonIds = (await prisonsOf(db, [id])).get(id) ?? [];
  const sees = seen.all || prisonIds.length === 0 || prisonIds.some((prison) => prisonsSeen(seen).includes(prison));
  if (!row || !sees) throw new QinqiaoError('not_found');
  return toWord(row, prisonIds);
}

/** Grows with every change of the list, and of the languages that are expected. Cheap: one row. */
export async function wordListVersion(db: Db): Promise<number> {
  const query = wordTables(db).selectFrom('word_list').select('version').where('id', '=', 1);
  return (await query.executeTakeFirst())?.version ?? 0;
}

const PORTION = 5000;

/** The words that are looked for on a local day, the oldest first, and the list's version. */
export async function loadWordList(db: Db, today: string): Promise<{ version: number; words: Word[] }> {
  // The version first: a change in between is then read again rather than missed.
  const version = await wordListVersion(db);
  const prisons = await namedPrisons(db);
  const words: Word[] = [];
  for (let after = ''; ; ) {
    const rows = await wordTables(db)
      .selectFrom('words')
      .selectAll()
      .where('enabled', '=', 1)
      .where((eb) => eb.or([eb('valid_from', 'is', null), eb('valid_from', '<=', today)]))
      .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>=', today)]))
      .where('id', '>', after)
      .orderBy('id')
      .limit(PORTION)
      .execute();
    for (const row of rows) words.push(toWord(row, prisons.get(row.id) ?? []));
    if (rows.length < PORTION) return { version, words };
    after = rows.at(-1)?.id ?? '';
  }
}

async function namedPrisons(db: Db): Promise<Map<string, string[]>> {
  const places = await wordTables(db)
    .selectFrom('word_places')
    .select(['word_id', 'prison_id'])
    .where('prison_id', '!=', EVERYWHERE)
    .execute();
  const prisons = new Map<string, string[]>();
  for (const { word_id, prison_id } of places) prisons.set(word_id, [...(prisons.get(word_id) ?? []), prison_id]);
  return prisons;
}
