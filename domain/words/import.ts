import { type FieldReason, fieldReason, fieldReasons, type Localised, QinqiaoError, type Word, WordInput } from '@qinqiao/contracts';
import { type Db, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import { listDictionaries, useEntries } from '../settings/index.ts';
import type { FileRow, ImportContext, Importer, RowProblems } from '../transfers/kind.ts';
import { problemsOf } from './check.ts';
import { bumpVersion } from './edit.ts';
import { fold } from './fold.ts';
import { foldHash } from './fold-hash.ts';
import { mayEdit } from './list.ts';
import { EVERYWHERE, prisonsOf, toColumns, toWord, wordTables } from './word-rows.ts';

/** What stands in files for codes. */
export interface FileWords {
  homophones: readonly (readonly [code: string, names: Localised])[];
  all: Localised;
}

interface Staged {
  id: string;
  input: WordInput;
  hash: string;
  /** The version that the word had when it was checked; null: it is new. */
  base: number | null;
}
type Problems = Record<string, FieldReason>;

/** Looks up what the file names by words. */
interface Lookups {
  category(text: string): string | undefined;
  prison(text: string): string | undefined;
}

export async function openWordImporter(context: ImportContext, words: FileWords): Promise<Importer> {
  const [categories] = (await listDictionaries(context.db)).filter(({ code }) => code === 'word_category');
  const offered = categories?.entries.filter(({ enabled }) => enabled) ?? [];
  const codes = new Map(offered.flatMap(({ code, zh, en }) => [code, zh, en].map((name) => [name.toLowerCase(), code] as const)));
  const units = (await listOrgUnits(context.db)).filter(({ kind }) => kind === 'prison');
  const prisons = new Map(units.flatMap(({ id, name }) => [id, name].map((text) => [text, id] as const)));
  return new WordImporter(context, words, { category: (text) => codes.get(text.toLowerCase()), prison: (text) => prisons.get(text) });
}

/** Rows of words. They are kept until all of them have been checked; then they become real in one transaction. */
class WordImporter implements Importer {
  readonly #context: ImportContext;
  readonly #words: FileWords;
  readonly #lookups: Lookups;
  readonly #staged: Staged[] = [];
  /** Word and place → row in which it stood first. */
  readonly #seen = new Map<string, number>();

  constructor(context: ImportContext, words: FileWords, lookups: Lookups) {
    this.#context = context;
    this.#words = words;
    this.#lookups = lookups;
  }

  async take(rows: readonly FileRow[]): Promise<RowProblems> {
    const wrong: RowProblems = new Map();
    const read = rows.map((row) => {
      const problems: Problems = {};
      const prisonIds = this.#prisons(row.cells['prisonIds'], problems);
      return { row, problems, prisonIds, hash: foldHash(fold(row.cells['word'] ?? '')) };
    });
    const existing = await this.#existing(read.map(({ hash }) => hash));
    for (const { row, problems, prisonIds, hash } of read) {
      const known = existing.get(hash) ?? [];
      const input = this.#check(row, { prisonIds, hash, known }, problems);
      if (!input || Object.keys(problems).length > 0) wrong.set(row.number, problems);
      else this.#stage(row, input, hash, this.#same(known, prisonIds));
    }
    return wrong;
  }

  async accept(trx: Db): Promise<{ added: number; updated: number }> {
    const fresh = this.#staged.filter(({ base }) => base === null);
    const changed = this.#staged.filter(({ base }) => base !== null);
    await this.#useCategories(trx);
    for (const word of changed) await this.#update(trx, word);
    for (let at = 0; at < fresh.length; at += BATCH) await this.#insert(trx, fresh.slice(at, at + BATCH));
    if (this.#staged.length > 0) await bumpVersion(trx);
    return { added: fresh.length, updated: changed.length };
  }

  #check(row: FileRow, { prisonIds, hash, known }: { prisonIds: string[]; hash: string; known: readonly Word[] }, problems: Problems) {
    const same = this.#same(known, prisonIds);
    const given = this.#fields(row.cells, problems);
    const parsed = WordInput.safeParse({ ...same, ...given, prisonIds });
    if (!parsed.success) {
      for (const [path, reason] of Object.entries(fieldReasons(parsed.error))) problems[path] ??= reason;
      return null;
    }
    for (const [path, reason] of Object.entries(problemsOf(parsed.data))) problems[path] ??= reason;
    if (!mayEdit(this.#context.seen, prisonIds)) problems['prisonIds'] ??= fieldReason('out_of_scope');
    // In this place, but in others too: which of them the row means cannot be told.
    const others = known.filter((word) => word !== same && overlap(word.prisonIds, prisonIds));
    if (others.length > 0 || (same && this.#context.mode === 'new')) problems['word'] ??= fieldReason('exists_already');
    for (const place of placesOf(prisonIds)) {
      const first = this.#seen.get(`${hash} ${place}`);
      if (first !== undefined) problems['word'] ??= fieldReason('duplicate_in_file', { row: first });
      else this.#seen.set(`${hash} ${place}`, row.number);
    }
    return parsed.data;
  }

  #stage({ number }: FileRow, input: WordInput, hash: string, same: Word | undefined): void {
    const id = same?.id ?? `${this.#context.transferId.slice(0, 26)}${number.toString(32).padStart(5, '0')}`;
    this.#staged.push({ id, input, hash, base: same?.version ?? null });
  }

  #same = (known: readonly Word[], prisonIds: readonly string[]): Word | undefined =>
    known.find((word) => word.prisonIds.toSorted().join() === prisonIds.toSorted().join());

  /** The cells that are filled, as fields. */
  #fields(cells: Record<string, string>, problems: Problems): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    const { word, level, category, note, validFrom, validTo, enabled, homophones, near, exceptions } = cells;
    for (const [key, text] of Object.entries({ word, note, validFrom, validTo })) if (text !== undefined) fields[key] = text.trim();
    if (level !== undefined) fields['level'] = Number(level);
    if (enabled !== undefined) fields['enabled'] = ON[enabled.trim().toLowerCase()] ?? enabled;
    if (homophones !== undefined) fields['homophones'] = this.#homophones(homophones.trim());
    if (exceptions !== undefined) fields['exceptions'] = parts(exceptions);
    if (near !== undefined) fields['near'] = parts(near).map(nearOf);
    if (category !== undefined) {
      fields['category'] = this.#lookups.category(category.trim()) ?? '';
      if (fields['category'] === '') problems['category'] = fieldReason('not_found');
    }
    return fields;
  }

  #homophones(text: string): string {
    const found = this.#words.homophones.find(([code, { zh, en }]) => [code, zh, en].includes(text));
    return found?.[0] ?? text;
  }

  /** An empty cell stands for all prisons, or for the one prison that an officer of one prison sees. */
  #prisons(text: string | undefined, problems: Problems): string[] {
    const { seen } = this.#context;
    const { zh, en } = this.#words.all;
    if (text === undefined && !seen.all && seen.prisons.length === 1) return [...seen.prisons];
    if (text === undefined || [zh, en].includes(text.trim().toLowerCase())) return [];
    const names = text.split(/[,，、;；|]+/u).map((name) => name.trim());
    const found = names.filter((name) => name !== '').map((name) => this.#lookups.prison(name));
    if (found.includes(undefined)) problems['prisonIds'] = fieldReason('not_found');
    return [...new Set(found.filter((id) => id !== undefined))].toSorted();
  }

  /** The words that are there already, by the hash of their folded form. */
  async #existing(hashes: readonly string[]): Promise<Map<string, Word[]>> {
    const { db } = this.#context;
    const places = await wordTables(db).selectFrom('word_places').selectAll().where('fold_hash', 'in', hashes).execute();
    const ids = [...new Set(places.map(({ word_id }) => word_id))];
    if (ids.length === 0) return new Map();
    const rows = await wordTables(db).selectFrom('words').selectAll().where('id', 'in', ids).execute();
    const prisons = await prisonsOf(db, ids);
    const hashOf = new Map(places.map(({ word_id, fold_hash }) => [word_id, fold_hash]));
    return Map.groupBy(
      rows.map((row) => toWord(row, prisons.get(row.id) ?? [])),
      ({ id }) => hashOf.get(id) ?? '',
    );
  }

  /** A category that was switched off is kept by words that have it. */
  async #useCategories(trx: Db): Promise<void> {
    const categories = [...new Set(this.#staged.map(({ input }) => input.category))].filter((category) => category !== '');
    const kept = categories.filter((category) => this.#lookups.category(category) === undefined);
    await useEntries(trx, 'word_category', categories, { field: 'category', kept });
  }

  async #update(trx: Db, { id, input, base }: Staged): Promise<void> {
    const fresh = { ...toColumns(input), ...this.#stamp(), version: (base ?? 0) + 1 };
    const update = wordTables(trx)
      .updateTable('words')
      .set(fresh)
      .where('id', '=', id)
      .where('version', '=', base ?? 0);
    if ((await update.executeTakeFirst()).numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  }

  async #insert(trx: Db, staged: readonly Staged[]): Promise<void> {
    const stamp = this.#stamp();
    const rows = staged.map(({ id, input }) => ({ id, ...toColumns(input), ...stamp, version: 1, created_at: stamp.updated_at }));
    const places = staged.flatMap(({ id, input, hash }) =>
      placesOf(input.prisonIds).map((prison_id) => ({ word_id: id, prison_id, fold_hash: hash })),
    );
    try {
      await wordTables(trx).insertInto('words').values(rows).execute();
      await wordTables(trx).insertInto('word_places').values(places).execute();
    } catch (cause) {
      throw isDuplicateKey(cause) ? new QinqiaoError('edit_conflict', { cause }) : cause;
    }
  }

  #stamp() {
    return { updated_at: toInstant(this.#context.now), updated_by: this.#context.officerName };
  }
}

const BATCH = 500;
const ON: Record<string, boolean> = { 是: true, yes: true, '1': true, true: true, 否: false, no: false, '0': false, false: false };
const placesOf = (prisonIds: readonly string[]) => (prisonIds.length === 0 ? [EVERYWHERE] : prisonIds);
const overlap = (one: readonly string[], other: readonly string[]) => placesOf(one).some((place) => placesOf(other).includes(place));
const parts = (text: string) =>
  text
    .split(/[;；\n]+/u)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const USUAL_DISTANCE = 10;
/** `带进(6)`; without a number the usual distance. */
function nearOf(text: string): { text: string; within: number } {
  const [, near = text, within] = /^(.*?)\s*[(（]\s*(\d{1,4})\s*[)）]$/u.exec(text) ?? [];
  return { text: near, within: within === undefined ? USUAL_DISTANCE : Number(within) };
}
