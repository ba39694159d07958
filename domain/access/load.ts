import { DataScope, type Duty, Permission, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { SEES_ALL, type SeenUnits } from '../scope/index.ts';
import { assertAccessIntact, assertRoleIntact } from './macs.ts';
import type { AccessTables } from './migrations.ts';

/** Who an officer is and what he may do and see, as it is at this moment. */
export interface OfficerAccess {
  id: string;
  name: string;
  /** The prison, or the bureau, that the officer belongs to. */
  prisonId: string;
  prisonName: string;
  /** Null: no role was granted yet. */
  duty: Exclude<Duty, 'common'> | null;
  roles: readonly string[];
  permissions: ReadonlySet<Permission>;
  scope: DataScope;
  seen: SeenUnits;
  /** A third party's program, which asks like an officer. */
  client?: true;
}

type Tables = AccessTables & PeopleTables & OrganisationTables;
const Names = z.array(z.string());

/**
 * An officer's roles, permissions and data scope. Throws `not_logged_in` when the account is no more, `access_damaged` when any of it
 * was changed past the application.
 */
export async function loadAccess(db: Db, crypto: CryptoProvider, officerId: string): Promise<OfficerAccess> {
  const tables = db.withTables<Tables>();
  const officer = await tables
    .selectFrom('officers')
    .innerJoin('org_units', 'org_units.id', 'officers.prison_id')
    .select(['officers.id', 'officers.name', 'officers.prison_id as prisonId', 'org_units.name as prisonName'])
    .where('officers.id', '=', officerId)
    .executeTakeFirst();
  if (!officer) throw new QinqiaoError('not_logged_in');
  const access = await tables.selectFrom('officer_access').selectAll().where('officer_id', '=', officerId).executeTakeFirst();
  if (access) await assertAccessIntact(crypto, access);
  const ids = access ? Names.parse(JSON.parse(access.roles)) : [];
  const roles = ids.length > 0 ? await tables.selectFrom('roles').selectAll().where('id', 'in', ids).execute() : [];
  for (const role of roles) await assertRoleIntact(crypto, role);
  const scope = access ? DataScope.parse(JSON.parse(access.scope)) : { kind: 'own' as const };
  return {
    ...officer,
    duty: roles[0]?.duty ?? null,
    roles: roles.map((role) => role.id),
    permissions: new Set(roles.flatMap((role) => Names.parse(JSON.parse(role.permissions)).filter(isPermission))),
    scope,
    seen: await seenUnits(db, scope, officer),
  };
}

/** A permission of a later version, after a step back to this one, gives nothing. */
const isPermission = (name: string): name is Permission => Permission.safeParse(name).success;

/** The rows a data scope stands for; wards bring the prisons they lie in. */
export async function seenUnits(db: Db, scope: DataScope, officer: { id: string; prisonId: string }): Promise<SeenUnits> {
  const none = { all: false, prisons: [], wards: [], partly: [], own: null };
  if (scope.kind === 'bureau') return SEES_ALL;
  if (scope.kind === 'prisons') return { ...none, prisons: scope.ids };
  if (scope.kind === 'own') return { ...none, partly: [officer.prisonId], own: officer.id };
  const wards = await db.withTables<Tables>().selectFrom('org_units').select(['id', 'parent_id']).where('id', 'in', scope.ids).execute();
  return { ...none, wards: wards.map(({ id }) => id), partly: [...new Set(wards.flatMap(({ parent_id }) => parent_id ?? []))] };
}
