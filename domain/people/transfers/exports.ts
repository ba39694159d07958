import { ContactQuery, FamilyQuery, InmateQuery, type MaskedField, parseOrThrow } from '@qinqiao/contracts';
import type { ExportContext, TransferColumn } from '../../transfers/kind.ts';
import { listContacts } from '../contacts.ts';
import { listFamilies } from '../families.ts';
import { listInmates } from '../inmates.ts';
import { columnOf, openPersonal, type PersonTable } from '../personal.ts';
import type { PeopleTables } from '../tables.ts';
import { CONTACT_KINDS, GENDERS, INMATE_STATES, INVOLVEMENTS, LEVELS, PERSON_STATES, wordOf } from './cells.ts';
import { CONTACT_TRANSFER_COLUMNS } from './contacts.ts';
import { FAMILY_TRANSFER_COLUMNS } from './families.ts';
import { INMATE_TRANSFER_COLUMNS } from './inmates.ts';

const PAGE = 100;
type Cells = Record<string, string>;

/** Pages of a list as long as there are some. */
async function* pages<View>(read: (cursor: string | undefined) => Promise<{ items: View[]; next: string | null }>): AsyncGenerator<View[]> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    if (page.items.length > 0) yield page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

const inOrder = (columns: readonly TransferColumn[], cells: Cells): string[] => columns.map(({ key }) => cells[key] ?? '');

/** Clear values of personal fields by person, in place of the masked ones. */
async function clearValues(
  { db, crypto, clear }: ExportContext,
  table: PersonTable,
  ids: readonly string[],
  fields: readonly MaskedField[],
): Promise<Map<string, Cells>> {
  if (!clear || ids.length === 0) return new Map();
  const rows = await db.withTables<PeopleTables>().selectFrom(table).selectAll().where('id', 'in', ids).execute();
  const all = new Map<string, Cells>();
  for (const row of rows) {
    const cells: Cells = {};
    for (const field of fields) {
      const stored = (row as Record<string, unknown>)[columnOf(field)];
      cells[field] = (await openPersonal(crypto, table, row.id, field, typeof stored === 'string' ? stored : null)) ?? '';
    }
    all.set(row.id, cells);
  }
  return all;
}

export async function* exportInmates(context: ExportContext): AsyncGenerator<string[][]> {
  const { db, crypto } = context;
  const filter = parseOrThrow(InmateQuery, { ...context.filter, limit: PAGE });
  for await (const items of pages((cursor) => listInmates(db, crypto, { ...filter, cursor }))) {
    const clear = await clearValues(
      context,
      'inmates',
      items.map(({ id }) => id),
      ['idNumber', 'birthDate'],
    );
    const accounts = await accountsOf(
      context,
      items.flatMap(({ officerId }) => officerId ?? []),
    );
    yield items.map((inmate) =>
      inOrder(INMATE_TRANSFER_COLUMNS, {
        number: inmate.number,
        name: inmate.name,
        prisonId: inmate.prisonName,
        wardId: inmate.wardName,
        gender: wordOf(GENDERS, inmate.gender),
        idNumber: inmate.idNumber,
        birthDate: inmate.birthDate,
        nationality: inmate.nationality,
        level: wordOf(LEVELS, inmate.level),
        keyControl: inmate.keyControl ? '是' : '否',
        involved: inmate.involved.map((code) => wordOf(INVOLVEMENTS, code)).join('、'),
        officerId: accounts.get(inmate.officerId ?? '') ?? '',
        admittedOn: inmate.admittedOn ?? '',
        releaseOn: inmate.releaseOn ?? '',
        state: wordOf(INMATE_STATES, inmate.state),
        ...clear.get(inmate.id),
      }),
    );
  }
}

async function accountsOf({ db }: ExportContext, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .withTables<PeopleTables>()
    .selectFrom('officers')
    .select(['id', 'account'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, account }) => [id, account]));
}

/** One row for each kinship, or one for somebody without. */
export async function* exportFamilies(context: ExportContext): AsyncGenerator<string[][]> {
  const { db, crypto } = context;
  const filter = parseOrThrow(FamilyQuery, { ...context.filter, limit: PAGE });
  for await (const items of pages((cursor) => listFamilies(db, crypto, { ...filter, cursor }))) {
    const clear = await clearValues(
      context,
      'families',
      items.map(({ id }) => id),
      ['idNumber', 'phone', 'address'],
    );
    yield items.flatMap((family) => {
      const { idNumber, name, phone, address } = family;
      const words = { gender: wordOf(GENDERS, family.gender), state: wordOf(PERSON_STATES, family.state) };
      const cells: Cells = { idNumber, name, phone, address, ...words, prisonId: family.prisonName ?? '', ...clear.get(family.id) };
      const kinships = family.kinships.length > 0 ? family.kinships : [{ inmateNumber: '', relation: '' }];
      return kinships.map(({ inmateNumber, relation }) => inOrder(FAMILY_TRANSFER_COLUMNS, { ...cells, inmateNumber, relation }));
    });
  }
}

export async function* exportContacts(context: ExportContext): AsyncGenerator<string[][]> {
  const { db, crypto } = context;
  const filter = parseOrThrow(ContactQuery, { ...context.filter, limit: PAGE });
  for await (const items of pages((cursor) => listContacts(db, crypto, { ...filter, cursor }))) {
    const clear = await clearValues(
      context,
      'contacts',
      items.map(({ id }) => id),
      ['idNumber', 'phone'],
    );
    yield items.map((contact) =>
      inOrder(CONTACT_TRANSFER_COLUMNS, {
        idNumber: contact.idNumber,
        prisonId: contact.prisonName,
        kind: wordOf(CONTACT_KINDS, contact.kind),
        name: contact.name,
        organisation: contact.organisation,
        phone: contact.phone,
        purpose: contact.purpose,
        validFrom: contact.validFrom ?? '',
        validUntil: contact.validUntil ?? '',
        state: wordOf(PERSON_STATES, contact.state),
        ...clear.get(contact.id),
      }),
    );
  }
}
