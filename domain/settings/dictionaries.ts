import {
  type BuiltInDictionary,
  type Dictionary,
  type DictionaryEntry,
  type Localised,
  MAX_DICTIONARY_ENTRIES,
  QinqiaoError,
} from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, isDuplicateKey, writeAudit } from '@qinqiao/server-kit';
import type { SettingsTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<SettingsTables>();

/** Who changes a dictionary, when, and the version that he has seen. */
export interface DictionaryEdit {
  code: string;
  version: number;
  actor: Actor;
  at: string;
}

/** Every dictionary with its entries, in order. */
export async function listDictionaries(db: Db): Promise<Dictionary[]> {
  const rows = await tables(db).selectFrom('dictionaries').selectAll().orderBy('built_in', 'desc').orderBy('code').execute();
  const entries = await tables(db).selectFrom('dictionary_entries').selectAll().orderBy('position').orderBy('code').execute();
  const byDictionary = Map.groupBy(entries, (entry) => entry.dictionary);
  return rows.map((row) => toDictionary(row, byDictionary.get(row.code) ?? []));
}

/** One dictionary with its entries. Throws `not_found`. */
export async function getDictionary(db: Db, code: string): Promise<Dictionary> {
  const row = await tables(db).selectFrom('dictionaries').selectAll().where('code', '=', code).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  const entries = await tables(db)
    .selectFrom('dictionary_entries')
    .selectAll()
    .where('dictionary', '=', code)
    .orderBy('position')
    .orderBy('code')
    .execute();
  return toDictionary(row, entries);
}

function toDictionary(row: SettingsTables['dictionaries'], entries: SettingsTables['dictionary_entries'][]): Dictionary {
  const { code, zh, en, version } = row;
  return { code, zh, en, version, builtIn: row.built_in === 1, updatedAt: row.updated_at, entries: entries.map(toEntry) };
}

function toEntry(row: SettingsTables['dictionary_entries']): DictionaryEntry {
  const { code, zh, en } = row;
  return { code, zh, en, enabled: row.enabled === 1, used: row.used === 1, builtIn: row.built_in === 1 };
}

/**
 * To be called by a subject that stores codes of a dictionary: throws `bad_request` naming `field` when one is not offered (unknown or
 * disabled), and marks them as used, so that they can't be deleted any more. `kept` are codes that were stored before: they stay allowed.
 */
export async function useEntries(
  db: Db,
  dictionary: BuiltInDictionary | (string & {}),
  codes: readonly string[],
  { field, kept = [] }: { field: string; kept?: readonly string[] },
): Promise<void> {
  const asked = [...new Set(codes)].filter((code) => !kept.includes(code));
  if (asked.length === 0) return;
  const entries = tables(db).selectFrom('dictionary_entries').select(['code', 'used']).where('dictionary', '=', dictionary);
  const rows = await entries.where('code', 'in', asked).where('enabled', '=', 1).execute();
  const offered = new Set(rows.map(({ code }) => code));
  const missing = asked.filter((code) => !offered.has(code));
  if (missing.length > 0) throw new QinqiaoError('bad_request', { fields: { [field]: `not offered: ${missing.join(', ')}` } });
  const fresh = rows.filter(({ used }) => used === 0).map(({ code }) => code);
  if (fresh.length === 0) return;
  await tables(db)
    .updateTable('dictionary_entries')
    .set({ used: 1 })
    .where('dictionary', '=', dictionary)
    .where('code', 'in', fresh)
    .execute();
}

type New = Localised & { code: string };

/** Throws `name_taken`. */
export async function addDictionary(db: Db, fresh: New, actor: Actor, at: string): Promise<Dictionary> {
  return db.transaction().execute(async (trx) => {
    const row = { ...fresh, built_in: 0 as const, version: 1, updated_at: at };
    await unlessTaken(tables(trx).insertInto('dictionaries').values(row).execute());
    await record(trx, { code: fresh.code, version: 0, actor, at }, 'dictionary.add', { after: fresh });
    return getDictionary(trx, fresh.code);
  });
}

/** All changes of a dictionary throw `not_found`, and `edit_conflict` when it was changed since it was read. */
export function renameDictionary(db: Db, edit: DictionaryEdit, name: Localised): Promise<Dictionary> {
  return change(db, edit, 'dictionary.rename', async (trx, before) => {
    const { zh, en } = name;
    await tables(trx).updateTable('dictionaries').set({ zh, en }).where('code', '=', edit.code).execute();
    return { before: { zh: before.zh, en: before.en }, after: { zh, en } };
  });
}

/** Throws `in_use` for one that every installation has or of which an entry was used. */
export async function deleteDictionary(db: Db, edit: DictionaryEdit): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const before = await lock(trx, edit);
    if (before.builtIn || before.entries.some(({ used }) => used)) throw new QinqiaoError('in_use');
    await tables(trx).deleteFrom('dictionary_entries').where('dictionary', '=', edit.code).execute();
    await tables(trx).deleteFrom('dictionaries').where('code', '=', edit.code).execute();
    await record(trx, edit, 'dictionary.delete', { before });
  });
}

/** Adds an entry at the end. Throws `name_taken`. */
export function addEntry(db: Db, edit: DictionaryEdit, { code, zh, en }: New): Promise<Dictionary> {
  return change(db, edit, 'dictionary.addEntry', async (trx, before) => {
    if (before.entries.length >= MAX_DICTIONARY_ENTRIES) {
      throw new QinqiaoError('bad_request', { fields: { code: `at most ${MAX_DICTIONARY_ENTRIES} entries` } });
    }
    const row = { dictionary: edit.code, code, zh, en, position: before.entries.length };
    const rest = { enabled: 1 as const, used: 0 as const, built_in: 0 as const };
    await unlessTaken(
      tables(trx)
        .insertInto('dictionary_entries')
        .values({ ...row, ...rest })
        .execute(),
    );
    return { after: { code, zh, en } };
  });
}

export function changeEntry(db: Db, edit: DictionaryEdit, code: string, to: Localised & { enabled: boolean }): Promise<Dictionary> {
  return change(db, edit, 'dictionary.changeEntry', async (trx, before) => {
    const { zh, en, enabled } = entryOf(before, code);
    const fresh = { zh: to.zh, en: to.en, enabled: to.enabled ? (1 as const) : (0 as const) };
    await tables(trx).updateTable('dictionary_entries').set(fresh).where('dictionary', '=', edit.code).where('code', '=', code).execute();
    return { entry: code, before: { zh, en, enabled }, after: { zh: to.zh, en: to.en, enabled: to.enabled } };
  });
}

/** Throws `in_use` for one that every installation has or that was used: it can be disabled. */
export function deleteEntry(db: Db, edit: DictionaryEdit, code: string): Promise<Dictionary> {
  return change(db, edit, 'dictionary.deleteEntry', async (trx, before) => {
    const entry = entryOf(before, code);
    if (entry.builtIn || entry.used) throw new QinqiaoError('in_use');
    await tables(trx).deleteFrom('dictionary_entries').where('dictionary', '=', edit.code).where('code', '=', code).execute();
    return { before: entry };
  });
}

/** Throws `bad_request` when these are not all the entries' codes, each once. */
export function orderEntries(db: Db, edit: DictionaryEdit, codes: readonly string[]): Promise<Dictionary> {
  return change(db, edit, 'dictionary.order', async (trx, before) => {
    const old = before.entries.map(({ code }) => code);
    const same = codes.length === old.length && new Set(codes).size === old.length && codes.every((code) => old.includes(code));
    if (!same) throw new QinqiaoError('bad_request', { fields: { codes: 'must be all codes, each once' } });
    for (const [position, code] of codes.entries()) {
      if (old[position] === code) continue;
      await tables(trx)
        .updateTable('dictionary_entries')
        .set({ position })
        .where('dictionary', '=', edit.code)
        .where('code', '=', code)
        .execute();
    }
    return { before: old, after: codes };
  });
}

async function change(
  db: Db,
  edit: DictionaryEdit,
  action: string,
  run: (trx: DbTransaction, before: Dictionary) => Promise<Record<string, unknown>>,
): Promise<Dictionary> {
  return db.transaction().execute(async (trx) => {
    const before = await lock(trx, edit);
    const detail = await run(trx, before);
    const fresh = { version: edit.version + 1, updated_at: edit.at };
    await tables(trx).updateTable('dictionaries').set(fresh).where('code', '=', edit.code).execute();
    await record(trx, edit, action, detail);
    return getDictionary(trx, edit.code);
  });
}

async function lock(trx: DbTransaction, { code, version }: DictionaryEdit): Promise<Dictionary> {
  await tables(trx).selectFrom('dictionaries').select('code').where('code', '=', code).forUpdate().execute();
  const before = await getDictionary(trx, code);
  if (before.version !== version) throw new QinqiaoError('edit_conflict');
  return before;
}

function entryOf(dictionary: Dictionary, code: string) {
  const entry = dictionary.entries.find((candidate) => candidate.code === code);
  if (!entry) throw new QinqiaoError('not_found');
  return entry;
}

async function unlessTaken(insert: Promise<unknown>): Promise<void> {
  try {
    await insert;
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { cause: error, fields: { code: 'is taken' } });
    throw error;
  }
}

const record = (trx: DbTransaction, { code, actor, at }: DictionaryEdit, action: string, detail: Record<string, unknown>) =>
  writeAudit(trx, { at, actor, action, subject: { kind: 'dictionary', id: code }, detail });
