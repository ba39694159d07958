import type { ApproverSpec, Instant } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';
import type { Seat } from './case.ts';
import { actingNow } from './delegation-store.ts';
import { type Person, withDelegations } from './delegations.ts';

/** Which officers of a prison hold a role now (ids). Whoever keeps the roles brings it. */
export type RoleHolders = (db: Db, prisonId: string, role: string) => Promise<readonly string[]>;

/** These officers, in this order; who is not there is left out. */
export async function findOfficers(db: Db, ids: readonly string[]): Promise<(Person & { prisonId: string })[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .withTables<PeopleTables>()
    .selectFrom('officers')
    .select(['id', 'name', 'prison_id as prisonId'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => found.get(id) ?? []);
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
  const people = (await findOfficers(db, [...new Set(ids)])).map(({ id, name }) => ({ id, name }));
  const acting = await actingNow(
    db,
    people.map(({ id }) => id),
    asked.at,
  );
  return withDelegations(people, acting);
}
