import type { ImportContext } from '../../transfers/kind.ts';
import { personHashes, type PersonTable } from '../personal.ts';
import { namesOf } from '../columns.ts';
import type { Existing } from './importer.ts';
import { COLUMNS_OF } from './stage.ts';

type Row = Record<string, string | number | null> & { id: string; version: number };
const people = (db: ImportContext['db']) => db.withTables<Record<PersonTable, Row>>();

/** Those of a table whose column holds one of these values, and whether the officer sees them. */
export async function existingBy(
  context: ImportContext,
  table: PersonTable,
  column: string,
  values: readonly string[],
): Promise<Existing[]> {
  if (values.length === 0) return [];
  const { db, seenDb, seen } = context;
  const rows = (await people(db).selectFrom(table).select(namesOf(COLUMNS_OF[table])).where(column, 'in', values).execute()) as Row[];
  const ids = rows.map(({ id }) => id);
  const visible =
    seen.all || ids.length === 0 ? rows : await people(seenDb).selectFrom(table).select('id').where('id', 'in', ids).execute();
  const known = new Set(visible.map(({ id }) => id));
  return rows.map((row) => ({ id: row.id, version: row.version, seen: known.has(row.id), row }));
}

/** The same by ID number, which is stored as a hash. */
export async function existingByIdNumber(
  context: ImportContext,
  table: PersonTable,
  idNumbers: readonly string[],
): Promise<Map<string, Existing[]>> {
  const hashes = new Map<string, string>();
  for (const idNumber of idNumbers) {
    for (const hash of await personHashes(context.crypto, table, 'idNumber', idNumber)) hashes.set(hash, idNumber);
  }
  const rows = await existingBy(context, table, 'id_number_hash', [...hashes.keys()]);
  const found = new Map<string, Existing[]>();
  for (const existing of rows) {
    const idNumber = hashes.get(String(existing.row['id_number_hash'])) ?? '';
    found.set(idNumber, [...(found.get(idNumber) ?? []), existing]);
  }
  return found;
}
