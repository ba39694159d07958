import type { ColumnDataType, ColumnDefinitionBuilder, CreateTableBuilder } from 'kysely';

/** Name, type and default; `null` is a column that may be empty, `undefined` one that must be given. */
type Column = readonly [name: string, type: ColumnDataType, fallback?: string | number | null];

const ENCRYPTED = 'varchar(200)';
const MASKED = 'varchar(64)';

const PERSON: readonly Column[] = [
  ['id', 'varchar(32)'],
  ['name', 'varchar(64)'],
  ['pinyin', 'varchar(64)', ''],
  ['version', 'integer', 1],
  ['created_at', 'varchar(24)', ''],
  ['updated_at', 'varchar(24)', ''],
];
const ID_NUMBER: readonly Column[] = [
  ['id_number', ENCRYPTED, null],
  ['id_number_hash', 'char(64)', null],
  ['id_number_masked', MASKED, ''],
];
const PHONE: readonly Column[] = [
  ['phone', ENCRYPTED, null],
  ['phone_hash', 'char(64)', null],
  ['phone_masked', MASKED, ''],
];

/** What inmates had from the beginning. */
const INMATE_BEGINNING: readonly Column[] = [
  ['prison_id', 'varchar(32)'],
  ['ward_id', 'varchar(32)'],
  ['number', 'varchar(32)'],
];
const INMATE_DETAILS: readonly Column[] = [
  ['gender', 'varchar(8)', 'unknown'],
  ['nationality', 'varchar(32)', ''],
  ['level', 'varchar(16)', 'common'],
  ['key_control', 'integer', 0],
  ['involved', 'integer', 0],
  ['officer_id', 'varchar(32)', null],
  ['admitted_on', 'varchar(10)', null],
  ['release_on', 'varchar(10)', null],
  ['state', 'varchar(16)', 'in_custody'],
  ...ID_NUMBER,
  ['birth_date', ENCRYPTED, null],
  ['birth_date_masked', MASKED, ''],
];

/** What the migration adds to the inmates' first table. */
export const INMATE_ADDITIONS: readonly Column[] = [...PERSON.slice(2), ...INMATE_DETAILS];
export const INMATE_COLUMNS: readonly Column[] = [...PERSON, ...INMATE_BEGINNING, ...INMATE_DETAILS];
export const FAMILY_COLUMNS: readonly Column[] = [
  ...PERSON,
  ['prison_id', 'varchar(32)', null],
  ['gender', 'varchar(8)', 'unknown'],
  ['state', 'varchar(16)', 'active'],
  ...ID_NUMBER,
  ...PHONE,
  // 200 characters of at most four bytes each, encrypted.
  ['address', 'varchar(1200)', null],
  ['address_masked', MASKED, ''],
  ['password_hash', 'varchar(128)', ''],
];
export const CONTACT_COLUMNS: readonly Column[] = [
  ...PERSON,
  ['prison_id', 'varchar(32)'],
  ['kind', 'varchar(16)'],
  ['organisation', 'varchar(100)'],
  ['purpose', 'varchar(200)', ''],
  ['valid_from', 'varchar(10)', null],
  ['valid_until', 'varchar(10)', null],
  ['state', 'varchar(16)', 'active'],
  ...ID_NUMBER,
  ...PHONE,
];
export const KINSHIP_COLUMNS: readonly Column[] = [
  ['family_id', 'varchar(32)'],
  ['inmate_id', 'varchar(32)'],
  ['relation', 'varchar(32)'],
];

export const namesOf = (columns: readonly Column[]): string[] => columns.map(([name]) => name);

type Table = CreateTableBuilder<string, string>;

/** Adds the columns to a table that is made, with their defaults. */
export const addColumns = (table: CreateTableBuilder<string>, columns: readonly Column[]): Table =>
  columns.reduce<Table>((made, [name, type, fallback]) => made.addColumn(name, type, withDefault(fallback)), table as unknown as Table);

/** How a column of this fallback is declared. */
export const withDefault = (fallback: Column[2]) => (column: ColumnDefinitionBuilder) => {
  if (fallback === null) return column;
  return fallback === undefined ? column.notNull() : column.notNull().defaultTo(fallback);
};
