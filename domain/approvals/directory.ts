import type { ApproverSpec, Instant } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { findOrgUnit } from '../organisation/index.ts';
import type { OfficerTables } from '../officers/index.ts';
import type { Seat } from './case.ts';
import { actingNow } from './delegation-store.ts';
import { type Person, withDelegations } from './delegations.ts';
import { fromCursor, startsWith, toPage } from './keys.ts';

/** Which officers of a prison hold a role now (ids). Whoever keeps the roles brings it. */
export type RoleHolders = (db: Db, prisonId: string, role: string) => Promise<readonly string[]>;

interface Officer extends Person {
  prisonId: string;
  enabled: boolean;
}

/** These officers, in this order; who is not there is left out. */
export async function findOfficers(db: Db, ids: readonly string[]): Promise<Officer[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .withTables<OfficerTables>()
    .selectFrom('officers')
    .select(['id', 'name', 'prison_id as prisonId', 'enabled'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  const found = new Map(rows.map((row) => [row.id, { ...row, enabled: row.enabled === 1 }]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Those of these officers who can decide in a prison: its own and those of the bureau above it. */
export async function findApprovers(db: Db, prisonId: string, ids: readonly string[]): Promise<Officer[]> {
  if (ids.length === 0) return [];
  const units = [prisonId, (await findOrgUnit(db, prisonId))?.parent_id];
  return (await findOfficers(db, ids)).filter(({ prisonId: unit, enabled }) => enabled && units.includes(unit));
}

/** Officers of a prison, by name, to choose from. Throws `bad_request` on a foreign cursor. */
export async function listApprovers(db: Db, { prisonId, search, cursor, limit }: ApproverFilter) {
  let query = db
    .withTables<OfficerTables>()
    .selectFrom('officers')
    .select(['id', 'name'])
    .where('prison_id', '=', prisonId)
    .where('enabled', '=', 1)
    .orderBy('name')
    .orderBy('id');
  if (search) query = query.where(startsWith('name', search));
  if (cursor) {
    const [name = '', id = ''] = fromCursor(cursor, 2);
    query = query.where((eb) => eb.or([eb('name', '>', name), eb.and([eb('name', '=', name), eb('id', '>', id)])]));
  }
  const rows = await query.limit(limit + 1).execute();
  return toPage(
    rows,
    limit,
    (row) => row,
    ({ name, id }) => [name, id],
  );
}

export interface ApproverFilter {
  prisonId: string;
  /** The beginning of a name. */
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** The names of the officers a flow asks, by id. */
export async function officerNames(db: Db, ids: readonly string[]): Promise<Record<string, string>> {
  return Object.fromEntries((await findOfficers(db, ids)).map(({ id, name }) => [id, name]));
}

/** The officers who are asked at `at`: roles and names looked up, delegations followed, each officer once. */
export async function seatsOf(
  db: Db,
  holders: RoleHolders,
  asked: { prisonId: string; approvers: readonly ApproverSpec[]; at: Instant },
): Promise<Seat[]> {
  const ids: string[] = [];
  for (const spec of asked.approvers) {
    ids.push(...(spec.kind === 'officer' ? [spec.officerId] : await holders(db, asked.prisonId, spec.role)));
  }
  const found = await findOfficers(db, [...new Set(ids)]);
  const people = found.filter(({ enabled }) => enabled).map(({ id, name }) => ({ id, name }));
  const acting = await actingNow(
    db,
    people.map(({ id }) => id),
    asked.at,
  );
  return withDelegations(people, acting);
}
