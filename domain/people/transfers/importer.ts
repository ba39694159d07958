import { type FieldReason, fieldReason, fieldReasons, QinqiaoError } from '@qinqiao/contracts';
import { toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { FileRow, ImportContext, ImportCounts, Importer, RowProblems } from '../../transfers/kind.ts';
import type { PersonTable } from '../personal.ts';
import { stillFits } from './conflicts.ts';
import { openLookups, type Lookups } from './places.ts';
import { countStaged, emptyRow, type StagedPerson, stagePeople } from './stage.ts';

/** A person who is there already, as far as the import needs him. */
export interface Existing {
  id: string;
  version: number;
  /** Whether the officer sees him. */
  seen: boolean;
  /** All columns, as stored. */
  row: Record<string, string | number | null>;
}

/** A row whose words were turned into the input's fields. */
export interface Prepared {
  row: FileRow;
  key: string;
  input: Record<string, unknown>;
  problems: Record<string, FieldReason>;
  existing: Existing | undefined;
}

/** What one table's import does differently from another's. */
export interface ImportRules<Input> {
  table: PersonTable;
  /** The column that tells rows apart. */
  keyColumn: string;
  schema: z.ZodType<Input>;
  /** The key as it is compared; empty when the row has none. */
  keyOf: (cells: Record<string, string>) => string;
  /** The cells that are filled, as fields; what cannot be looked up goes into `problems`. */
  toInput: (
    cells: Record<string, string>,
    lookups: Lookups,
    problems: Record<string, FieldReason>,
    existing: Existing | undefined,
  ) => Record<string, unknown>;
  /** The fields of somebody who is there, under those of the file. */
  fromExisting: (existing: Existing) => Record<string, unknown>;
  findExisting: (context: ImportContext, keys: readonly string[]) => Promise<Map<string, Existing>>;
  /** Rules beyond the schema: data scope, other unique fields. */
  check: (context: ImportContext, valid: readonly { prepared: Prepared; input: Input }[]) => Promise<void>;
  /** The row to store, personal fields sealed. */
  toRow: (context: ImportContext, id: string, input: Input, prepared: Prepared) => Promise<Record<string, string | number | null>>;
  /** Only those who are there already can be meant. */
  onlyExisting?: true;
  /** When a person may stand in several rows: what they differ by, and what must be the same in all of them. */
  several?: { by: (cells: Record<string, string>) => string; same: (input: Input) => string; column: string };
  /** Stages what belongs to the people, row by row. */
  stageMore?: (context: ImportContext, rows: readonly { id: string; input: Input; prepared: Prepared }[]) => Promise<void>;
}

interface Valid<Input> {
  prepared: Prepared;
  input: Input;
}
const isRight = ({ prepared }: { prepared: Prepared }) => Object.keys(prepared.problems).length === 0;

/** Checks and stages rows of people. One for each run of an import. */
export class PeopleImporter<Input> implements Importer {
  readonly #context: ImportContext;
  readonly #rules: ImportRules<Input>;
  readonly #lookups: Lookups;
  /** Key (with what several rows of one person differ by) → row in which it first stood. */
  readonly #keys = new Map<string, number>();
  /** Key → the person who was staged under it. */
  readonly #people = new Map<string, { id: string; row: number; same: string }>();
  readonly #counts: ImportCounts = { added: 0, updated: 0 };
  /** The last portion on its way into the staging tables; what it throws is thrown by the next one, or at the end. */
  #staging: Promise<void> = Promise.resolve();

  constructor(context: ImportContext, rules: ImportRules<Input>, lookups: Lookups) {
    this.#context = context;
    this.#rules = rules;
    this.#lookups = lookups;
  }

  async take(rows: readonly FileRow[]): Promise<RowProblems> {
    const prepared = await this.#prepare(rows);
    const valid = prepared.flatMap((one) => this.#parse(one) ?? []);
    await this.#rules.check(this.#context, valid);
    const staging = await this.#prepareStaging(valid.filter(isRight));
    // The database writes a portion while the next one is read, checked and encrypted.
    await this.#staging;
    this.#staging = staging();
    this.#staging.catch(() => undefined);
    const wrong = prepared.filter((one) => !isRight({ prepared: one }));
    return new Map(wrong.map(({ row, problems }) => [row.number, problems]));
  }

  async finish(): Promise<void> {
    await this.#staging;
  }

  async confirm(): Promise<void> {
    const { db, transferId } = this.#context;
    const fits = await stillFits(db, this.#rules.table, transferId, { updates: this.#counts.updated > 0 });
    if (!fits) throw new QinqiaoError('edit_conflict');
  }

  async accept(trx: ImportContext['db']): Promise<ImportCounts> {
    const { added, updated } = this.#counts;
    // Another process may have taken the import up, having taken this one for dead, and begun anew.
    const staged = await countStaged(trx, this.#rules.table, this.#context.transferId);
    if (staged !== added + updated) throw new QinqiaoError('edit_conflict');
    return { added, updated };
  }

  /** Answers what writes the rows into the staging tables. */
  async #prepareStaging(right: readonly Valid<Input>[]): Promise<() => Promise<void>> {
    const { table, stageMore } = this.#rules;
    const people: StagedPerson[] = [];
    const rows: { id: string; input: Input; prepared: Prepared }[] = [];
    for (const { prepared, input } of right) {
      const known = this.#people.get(prepared.key);
      const same = this.#rules.several?.same(input) ?? '';
      if (known && known.same !== same) {
        prepared.problems[this.#rules.keyColumn] = fieldReason('differs_in_file', { row: known.row });
        continue;
      }
      const id = known?.id ?? prepared.existing?.id ?? this.#newId(prepared.row.number);
      if (!known) {
        people.push(await this.#staged(id, prepared, input));
        this.#counts[prepared.existing ? 'updated' : 'added']++;
        this.#people.set(prepared.key, { id, row: prepared.row.number, same });
      }
      rows.push({ id, input, prepared });
    }
    return async () => {
      await stagePeople(this.#context.db, table, people);
      await stageMore?.(this.#context, rows);
    };
  }

  async #prepare(rows: readonly FileRow[]): Promise<Prepared[]> {
    const { keyOf, findExisting, fromExisting, toInput } = this.#rules;
    const keys = rows.map(({ cells }) => keyOf(cells));
    const existing = await findExisting(this.#context, [...new Set(keys.filter((key) => key !== ''))]);
    return rows.map((row, index) => {
      const key = keys[index] ?? '';
      const there = existing.get(key);
      const problems: Record<string, FieldReason> = {};
      this.#checkKey(row, key, there, problems);
      const given = toInput(row.cells, this.#lookups, problems, there);
      return { row, key, input: there ? { ...fromExisting(there), ...given } : given, problems, existing: there };
    });
  }

  #checkKey(row: FileRow, key: string, existing: Existing | undefined, problems: Record<string, FieldReason>): void {
    const { keyColumn, onlyExisting, several } = this.#rules;
    const whole = several ? `${key}\n${several.by(row.cells)}` : key;
    const first = this.#keys.get(whole);
    if (key === '') problems[keyColumn] = fieldReason('required');
    else if (first !== undefined) problems[several?.column ?? keyColumn] = fieldReason('duplicate_in_file', { row: first });
    else if (existing && !existing.seen) problems[keyColumn] = fieldReason('out_of_scope');
    else if (!existing && onlyExisting) problems[keyColumn] = fieldReason('not_found');
    else if (existing && this.#context.mode === 'new' && !onlyExisting) problems[keyColumn] = fieldReason('exists_already');
    if (key !== '' && first === undefined) this.#keys.set(whole, row.number);
  }

  #parse(prepared: Prepared): Valid<Input> | null {
    const parsed = this.#rules.schema.safeParse(prepared.input);
    if (parsed.success) return { prepared, input: parsed.data };
    for (const [path, reason] of Object.entries(fieldReasons(parsed.error))) prepared.problems[path] ??= reason;
    return null;
  }

  async #staged(id: string, prepared: Prepared, input: Input): Promise<StagedPerson> {
    const { table, toRow } = this.#rules;
    const { existing } = prepared;
    const at = toInstant(this.#context.now);
    const before = existing?.row ?? { ...emptyRow(table), created_at: at };
    const version = { version: (existing?.version ?? 0) + 1, base_version: existing?.version ?? null };
    const row = await toRow(this.#context, id, input, prepared);
    const place = { transfer_id: this.#context.transferId, row_number: prepared.row.number };
    return { ...before, ...row, id, ...version, updated_at: at, ...place };
  }

  /** Ids of one import follow its rows, which keeps the file's order in lists and spares the databases' indexes. */
  #newId(row: number): string {
    return `${this.#context.transferId.slice(0, 26)}${row.toString(32).padStart(5, '0')}`;
  }
}

export const openPeopleImporter = async <Input>(context: ImportContext, rules: ImportRules<Input>): Promise<Importer> =>
  new PeopleImporter(context, rules, await openLookups(context));
