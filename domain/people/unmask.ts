import { type MaskedField, type PersonKind, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { auditPerson, type Editing, found } from './changes.ts';
import { columnOf, openPersonal, type PersonTable } from './personal.ts';
import type { PeopleTables } from './tables.ts';

const TABLES = { inmate: 'inmates', family: 'families', contact: 'contacts' } as const satisfies Record<PersonKind, PersonTable>;
/** Which personal fields each kind of person has. */
export const PERSONAL_FIELDS: Record<PersonKind, readonly MaskedField[]> = {
  inmate: ['idNumber', 'birthDate'],
  family: ['idNumber', 'phone', 'address'],
  contact: ['idNumber', 'phone'],
};

/**
 * Clear values of a person's masked fields; what is not there is left out. Recorded before anything is answered, with the reason.
 * Throws `not_found`, also outside the data scope, or `bad_request` for a field that this kind of person does not have.
 */
export async function unmaskPerson(
  editing: Editing,
  kind: PersonKind,
  id: string,
  asked: { fields: readonly MaskedField[]; reason: string },
): Promise<Record<string, string>> {
  const table = TABLES[kind];
  const foreign = asked.fields.findIndex((field) => !PERSONAL_FIELDS[kind].includes(field));
  if (foreign >= 0) throw new QinqiaoError('bad_request', { fields: { [`fields.${foreign}`]: 'not_a_choice' } });
  const row = found(await findRow(editing.db, table, id));
  const subject = { kind, id };
  await editing.db.transaction().execute((trx) => auditPerson(trx, editing, 'person.unmask', subject, { ...asked }));
  const values: Record<string, string> = {};
  for (const field of asked.fields) {
    const stored = row[columnOf(field)];
    const clear = await openPersonal(editing.crypto, table, id, field, typeof stored === 'string' ? stored : null);
    if (clear !== null) values[field] = clear;
  }
  return values;
}

async function findRow(db: Db, table: PersonTable, id: string): Promise<Record<string, unknown> | undefined> {
  return db.withTables<PeopleTables>().selectFrom(table).selectAll().where('id', '=', id).executeTakeFirst();
}
