import type { AllowQuery, AllowView, QuotaKind } from '@qinqiao/contracts';
import { addDays, dayOf, type Db, newestFirst, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { PeopleTables } from '../people/index.ts';
import { allowlist, type AllowRow, viewAllowed } from './rows.ts';

export type AllowFilter = z.output<typeof AllowQuery>;
const ENDING_DAYS = 30;

/** A page of the allowlist, the newest first. */
export async function listAllowlist(db: Db, filter: AllowFilter, now: Date): Promise<{ items: AllowView[]; next: string | null }> {
  const { items, next } = await listAllowRows(db, filter, now);
  return { items: await viewAllowed(db, items, toInstant(now)), next };
}

export async function listAllowRows(db: Db, filter: AllowFilter, now: Date): Promise<{ items: AllowRow[]; next: string | null }> {
  const at = toInstant(now);
  const { state, kind, prisonId, inmateId, familyId, ending, text, cursor, limit } = filter;
  let query = allowlist(db).selectFrom('allowlist').selectAll();
  if (state === 'active') query = query.where('state', '=', 'active').where('until_at', '>', at);
  else if (state === 'ended')
    query = query.where((eb) => eb.or([eb('state', '=', 'ended'), eb.and([eb('state', '=', 'active'), eb('until_at', '<=', at)])]));
  else if (state !== undefined) query = query.where('state', '=', state);
  if (kind !== undefined) query = query.where(kind, '=', 1);
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (inmateId !== undefined) query = query.where('inmate_id', '=', inmateId);
  if (familyId !== undefined) query = query.where('family_id', '=', familyId);
  if (ending)
    query = query
      .where('state', '=', 'active')
      .where('until_at', '>', at)
      .where('valid_until', '<=', addDays(dayOf(now), ENDING_DAYS));
  if (text)
    query = query.where((eb) => eb.or([eb('inmate_id', 'in', inmatesNamed(db, text)), eb('family_id', 'in', familiesNamed(db, text))]));
  return newestFirst(query, { cursor, limit });
}

const people = (db: Db) => db.withTables<PeopleTables>();
const beginsWith = (text: string) => `${text.replace(/[%_\\]/g, '')}%`;
const inmatesNamed = (db: Db, text: string) =>
  people(db)
    .selectFrom('inmates')
    .select('inmates.id')
    .where((eb) => eb.or([eb('inmates.number', '=', text), eb('inmates.name', 'like', beginsWith(text))]));
const familiesNamed = (db: Db, text: string) =>
  people(db).selectFrom('families').select('families.id').where('families.name', 'like', beginsWith(text));

/** All entries of one family member, the newest first. */
export async function listOwnAllowlist(db: Db, familyId: string, now: Date): Promise<AllowView[]> {
  const rows = await allowlist(db).selectFrom('allowlist').selectAll().where('family_id', '=', familyId).orderBy('id', 'desc').execute();
  return viewAllowed(db, rows, toInstant(now));
}

export interface Allowed {
  id: string;
  /** Instant at which the entry's period ends, exclusive. */
  untilAt: string;
}

/** The entry that lets this family member visit or call this inmate at an instant, or undefined; of several the one that lasts longest. */
export async function findAllowed(
  db: Db,
  { inmateId, familyId, kind, at }: { inmateId: string; familyId: string; kind: QuotaKind; at: string },
): Promise<Allowed | undefined> {
  return allowlist(db)
    .selectFrom('allowlist')
    .select(['id', 'until_at as untilAt'])
    .where('family_id', '=', familyId)
    .where('inmate_id', '=', inmateId)
    .where('state', '=', 'active')
    .where(kind, '=', 1)
    .where('from_at', '<=', at)
    .where('until_at', '>', at)
    .orderBy('until_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
