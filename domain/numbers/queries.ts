import type { FamilyNumber, NumberQuery, OwnNumber } from '@qinqiao/contracts';
import { type CryptoProvider, dayOf, type Db, newestFirst, searchHashes } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { PeopleTables } from '../people/index.ts';
import { numbers, PHONE, viewNumbers, viewOwnNumbers } from './rows.ts';

export type NumberFilter = z.output<typeof NumberQuery>;

/** A page of the numbers, the newest first. */
export async function listNumbers(
  db: Db,
  crypto: CryptoProvider,
  filter: NumberFilter,
  now: Date,
): Promise<{ items: FamilyNumber[]; next: string | null }> {
  const { state, prisonId, inmateId, shared, text, cursor, limit } = filter;
  const today = dayOf(now);
  let query = numbers(db).selectFrom('family_numbers').selectAll();
  if (state === 'active') query = query.where('state', '=', 'active').where('valid_until', '>=', today);
  else if (state === 'ended')
    query = query.where((eb) => eb.or([eb('state', '=', 'ended'), eb.and([eb('state', '=', 'active'), eb('valid_until', '<', today)])]));
  else if (state !== undefined) query = query.where('state', '=', state);
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (inmateId !== undefined) query = query.where('inmate_id', '=', inmateId);
  if (shared) query = query.where('phone_hash', 'in', sharedHashes(db));
  if (text) {
    const hashes = await searchHashes(crypto, PHONE, text);
    const like = `${text.replace(/[%_\\]/g, '')}%`;
    const inmates = namedInmates(db, text, like);
    query = query.where((eb) => eb.or([eb('phone_hash', 'in', hashes), eb('name', 'like', like), eb('inmate_id', 'in', inmates)]));
  }
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: await viewNumbers(db, items, now), next };
}

/** Numbers of several inmates, whosever they are: that one of them is elsewhere is what an officer has to know. */
const sharedHashes = (db: Db) =>
  numbers(db)
    .selectFrom('family_numbers as n')
    .select('n.phone_hash')
    .where('n.state', 'in', ['pending', 'active'])
    .groupBy('n.phone_hash')
    .having((eb) => eb(eb.fn.count('n.inmate_id').distinct(), '>', 1));

const namedInmates = (db: Db, number: string, like: string) =>
  db
    .withTables<PeopleTables>()
    .selectFrom('inmates')
    .select('inmates.id')
    .where((eb) => eb.or([eb('inmates.number', '=', number), eb('inmates.name', 'like', like)]));

/** All numbers one family member applied for, the newest first. */
export async function listOwnNumbers(db: Db, familyId: string, now: Date): Promise<OwnNumber[]> {
  const rows = numbers(db).selectFrom('family_numbers').selectAll().where('family_id', '=', familyId);
  return viewOwnNumbers(db, await rows.orderBy('id', 'desc').execute(), now);
}
