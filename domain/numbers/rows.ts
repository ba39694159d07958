import { type FamilyNumber, maskPhone, type OwnNumber, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, dayOf, encryptField, searchHash } from '@qinqiao/server-kit';
import { findOrgUnit } from '../organisation/index.ts';
import { familyCards, inmateCards } from '../people/index.ts';
import { relationNames } from '../registrations/index.ts';
import type { NumberTables } from './migrations.ts';

export type NumberRow = NumberTables['family_numbers'];
export const numbers = (db: Db) => db.withTables<NumberTables>();
export const PHONE = 'family_numbers.phone';

/** The columns of a telephone number: encrypted, the hash it is found by, and what is shown of it. */
export const sealPhone = async (crypto: CryptoProvider, id: string, phone: string) => ({
  phone: await encryptField(crypto, { field: PHONE, owner: id }, phone),
  phone_hash: await searchHash(crypto, PHONE, phone),
  phone_masked: maskPhone(phone),
});

/** A number whose period is over has ended, though nobody wrote it down. */
const stateOn = (row: NumberRow, today: string) => (row.state === 'active' && row.valid_until < today ? ('ended' as const) : row.state);

export async function viewOwnNumbers(db: Db, rows: readonly NumberRow[], now: Date): Promise<OwnNumber[]> {
  const inmateIds = rows.map((row) => row.inmate_id);
  const [relation, inmates] = await Promise.all([relationNames(db), inmateCards(db, inmateIds)]);
  return rows.map((row) => ({
    id: row.id,
    inmateId: row.inmate_id,
    inmateName: inmates.get(row.inmate_id)?.name ?? '',
    inmateNumber: inmates.get(row.inmate_id)?.number ?? '',
    phone: row.phone_masked,
    name: row.name,
    relation: relation(row.relation),
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    state: stateOn(row, dayOf(now)),
    note: row.note,
    decision: row.decision,
    updatedAt: row.updated_at,
    version: row.version,
  }));
}

/** As officers see them, with the other inmates of the same number. */
export async function viewNumbers(db: Db, rows: readonly NumberRow[], now: Date): Promise<FamilyNumber[]> {
  const store = db.withoutPlugins();
  const hashes = [...new Set(rows.map((row) => row.phone_hash))];
  const [views, seen, all, relation] = await Promise.all([
    viewOwnNumbers(store, rows, now),
    sharing(db, hashes),
    sharing(store, hashes),
    relationNames(store),
  ]);
  const seenIds = seen.map((row) => row.inmate_id);
  const [inmates, families] = await Promise.all([
    inmateCards(store, seenIds),
    familyCards(
      store,
      rows.flatMap((row) => row.family_id ?? []),
    ),
  ]);
  const prisons = new Map<string, string>();
  for (const id of new Set(rows.map((row) => row.prison_id))) prisons.set(id, (await findOrgUnit(store, id))?.name ?? '');
  return rows.flatMap((row, index) => {
    const view = views[index];
    if (!view) return [];
    const others = seen.filter((other) => other.phone_hash === row.phone_hash && other.inmate_id !== row.inmate_id);
    const sharedWith = others.map((other) => ({
      inmateName: inmates.get(other.inmate_id)?.name ?? '',
      inmateNumber: inmates.get(other.inmate_id)?.number ?? '',
      name: other.name,
      relation: relation(other.relation).zh,
    }));
    const holders = new Set(all.filter((other) => other.phone_hash === row.phone_hash).map((other) => other.inmate_id));
    holders.delete(row.inmate_id);
    const familyName = row.family_id === null ? null : (families.get(row.family_id)?.name ?? '');
    return { ...view, prisonName: prisons.get(row.prison_id) ?? '', familyName, sharedWith, sharedBy: holders.size, caseId: row.case_id };
  });
}

const sharing = async (db: Db, hashes: readonly string[]) =>
  hashes.length === 0
    ? []
    : numbers(db)
        .selectFrom('family_numbers')
        .select(['phone_hash', 'inmate_id', 'name', 'relation'])
        .where('phone_hash', 'in', hashes)
        .where('state', 'in', ['pending', 'active'])
        .limit(500)
        .execute();

export async function viewNumber(db: Db, row: NumberRow, now: Date): Promise<FamilyNumber> {
  const [view] = await viewNumbers(db, [row], now);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

export async function viewOwnNumber(db: Db, row: NumberRow, now: Date): Promise<OwnNumber> {
  const [view] = await viewOwnNumbers(db, [row], now);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}
