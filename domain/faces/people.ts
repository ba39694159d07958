import { type FaceSubject, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';
import type { RegistrationTables } from '../registrations/index.ts';
import type { FaceTables } from './migrations.ts';

export const faceTables = (db: Db) => db.withTables<FaceTables & PeopleTables & RegistrationTables>();

/** Whose face: one of the three kinds of people who take part in a call. */
export interface FaceOwner {
  subject: FaceSubject;
  id: string;
}

/** The column of `faces` that names the owner. */
export const OWNER_COLUMNS = { inmate: 'inmate_id', family: 'family_id', companion: 'companion_id' } as const;

export const ownerColumns = ({ subject, id }: FaceOwner) => ({
  subject,
  inmate_id: subject === 'inmate' ? id : null,
  family_id: subject === 'family' ? id : null,
  companion_id: subject === 'companion' ? id : null,
});

export const ownerOf = (row: Pick<FaceTables['faces'], 'subject' | 'inmate_id' | 'family_id' | 'companion_id'>): FaceOwner => ({
  subject: row.subject,
  id: row.inmate_id ?? row.family_id ?? row.companion_id ?? '',
});

const TABLES = { inmate: 'inmates', family: 'families', companion: 'companions' } as const;

/** Locks the person's row, so that no two enrolments pass the limit together. Throws `not_found`, also for somebody outside the data scope. */
export async function lockOwner(trx: Db, { subject, id }: FaceOwner): Promise<{ name: string }> {
  const people = trx.withTables<Record<(typeof TABLES)[FaceSubject], { id: string; name: string }>>();
  const row = await people.selectFrom(TABLES[subject]).select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}
