import type { ContactKind, ContactView, PersonState } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { unitNames } from '../organisation/index.ts';
import type { PeopleTables } from './tables.ts';

export interface ContactRow extends Record<string, unknown> {
  id: string;
  name: string;
  pinyin: string;
  kind: ContactKind;
  organisation: string;
  purpose: string;
  valid_from: string | null;
  valid_until: string | null;
  state: PersonState;
  prison_id: string;
  id_number_masked: string;
  phone_masked: string;
  version: number;
  updated_at: string;
}

/** What is shown of agency staff and social helpers, as stored. */
export const selectContacts = (db: Db) =>
  db
    .withTables<PeopleTables>()
    .selectFrom('contacts')
    .select(['contacts.id', 'contacts.name', 'contacts.pinyin', 'contacts.kind', 'contacts.organisation', 'contacts.purpose'])
    .select(['contacts.valid_from', 'contacts.valid_until', 'contacts.state', 'contacts.prison_id'])
    .select(['contacts.id_number_masked', 'contacts.phone_masked', 'contacts.version', 'contacts.updated_at']);

export async function viewContacts(db: Db, rows: readonly ContactRow[]): Promise<ContactView[]> {
  const places = await unitNames(db);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    organisation: row.organisation,
    name: row.name,
    purpose: row.purpose,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    state: row.state,
    idNumber: row.id_number_masked,
    phone: row.phone_masked,
    prisonId: row.prison_id,
    prisonName: places.get(row.prison_id) ?? '',
    version: row.version,
    updatedAt: row.updated_at,
  }));
}
