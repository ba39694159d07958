import { DataScope, type Duty, Permission, QinqiaoError } from '@qinqiao/contracts';
import { askedOften, type Clock, type CryptoProvider, type Db } from '@qinqiao/server-kit';
import { z } from 'zod';
import { admitSession, hashToken, type IdentityTables, type LoggedIn, SESSION_COLUMNS } from '../identity/index.ts';
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

const GRANTED = ['access.roles', 'access.scope', 'access.version', 'access.mac'] as const;
const ROLE = [
  'roles.id as roleId',
  'roles.name as roleName',
  'roles.duty',
  'roles.permissions',
  'roles.built_in',
  'roles.version as roleVersion',
  'roles.mac as roleMac',
] as const;
const OFFICER = ['officers.id as officerId', 'officers.name', 'officers.prison_id as prisonId', 'org_units.name as prisonName'] as const;

/** The officer with the prison, what was granted, and a row for each role; roles alone are found by their ids where that is not enough. */
const findOfficer = askedOften((db, officerId) =>
  db
    .withTables<Tables>()
    .selectFrom('officers')
    .innerJoin('org_units', 'org_units.id', 'officers.prison_id')
    .leftJoin('officer_access as access', 'access.officer_id', 'officers.id')
    .leftJoin('officer_roles', 'officer_roles.officer_id', 'officers.id')
    .leftJoin('roles', 'roles.id', 'officer_roles.role_id')
    .select([...OFFICER, ...GRANTED, ...ROLE])
    .where('officers.id', '=', officerId),
);
type Found = Awaited<ReturnType<typeof findOfficer>>[number];

/** A session with all that `findOfficer` finds, in one question: every request of an officer begins with it. */
const findOpened = askedOften((db, hash) =>
  db
    .withTables<Tables & IdentityTables>()
    .selectFrom('sessions')
    .leftJoin('officers', (on) => on.onRef('officers.id', '=', 'sessions.subject_id').on('sessions.role', '=', 'officer'))
    .leftJoin('org_units', 'org_units.id', 'officers.prison_id')
    .leftJoin('officer_access as access', 'access.officer_id', 'officers.id')
    .leftJoin('officer_roles', 'officer_roles.officer_id', 'officers.id')
    .leftJoin('roles', 'roles.id', 'officer_roles.role_id')
    .select([...OFFICER, ...GRANTED, ...ROLE])
    .select(SESSION_COLUMNS)
    .where('sessions.token_hash', '=', hash),
);
type Opened = Awaited<ReturnType<typeof findOpened>>[number];

/**
 * Who the token belongs to, and, to be asked once he may ask at all, what he may do and see as an officer. Throws as `admitSession`, and `access`
 * as `loadAccess`.
 */
export async function findAsker(
  db: Db,
  clock: Clock,
  crypto: CryptoProvider,
  token: string,
): Promise<{ who: LoggedIn; access: () => Promise<OfficerAccess> }> {
  const rows = await findOpened(db, hashToken(token));
  const who = await admitSession(db, clock, rows[0]);
  return { who, access: () => accessIn(db, crypto, rows.filter(isOfficer)) };
}

const isOfficer = (row: Opened): row is Opened & Found => row.officerId !== null && row.prisonName !== null;

/**
 * An officer's roles, permissions and data scope. Throws `not_logged_in` when the account is no more, `access_damaged` when any of it
 * was changed past the application.
 */
export const loadAccess = async (db: Db, crypto: CryptoProvider, officerId: string): Promise<OfficerAccess> =>
  accessIn(db, crypto, await findOfficer(db, officerId));

async function accessIn(db: Db, crypto: CryptoProvider, rows: readonly Found[]): Promise<OfficerAccess> {
  const [found] = rows;
  if (!found) throw new QinqiaoError('not_logged_in');
  const { officerId: id, name, prisonId, prisonName } = found;
  const access = accessOf(found);
  if (access) await assertAccessIntact(crypto, access);
  const roles = await rolesOf(db, access ? Names.parse(JSON.parse(access.roles)) : [], rows);
  for (const role of roles) await assertRoleIntact(crypto, role);
  const scope = access ? DataScope.parse(JSON.parse(access.scope)) : { kind: 'own' as const };
  return {
    id,
    name,
    prisonId,
    prisonName,
    duty: roles[0]?.duty ?? null,
    roles: roles.map((role) => role.id),
    permissions: new Set(roles.flatMap((role) => permissionsIn(role.permissions))),
    scope,
    seen: await seenUnits(db, scope, { id, prisonId }),
  };
}

function accessOf({ officerId: id, roles, scope, version, mac }: Found): AccessTables['officer_access'] | null {
  if (roles === null || scope === null || version === null || mac === null) return null;
  return { officer_id: id, roles, scope, version, mac };
}

/** The roles that were granted, in that order: what was read with the officer, if that is all of them. */
async function rolesOf(db: Db, granted: readonly string[], rows: readonly Found[]): Promise<AccessTables['roles'][]> {
  if (granted.length === 0) return [];
  const read = rows.flatMap((row) => roleOf(row) ?? []);
  const there = (all: readonly AccessTables['roles'][]) => granted.flatMap((id) => all.find((role) => role.id === id) ?? []);
  const known = there(read);
  if (known.length === granted.length) return known;
  return there(await db.withTables<Tables>().selectFrom('roles').selectAll().where('id', 'in', granted).execute());
}

function roleOf({ roleId: id, roleName: name, duty, permissions, built_in, roleVersion: version, roleMac: mac }: Found) {
  const complete =
    id !== null && name !== null && duty !== null && permissions !== null && built_in !== null && version !== null && mac !== null;
  return complete ? { id, name, duty, permissions, built_in, version, mac } : null;
}

const MOST_KEPT = 100;
const kept = new Map<string, readonly Permission[]>();

/** What a stored list of permissions says; the same few are read with every request. */
function permissionsIn(list: string): readonly Permission[] {
  const known = kept.get(list);
  if (known) return known;
  const permissions = Names.parse(JSON.parse(list)).filter(isPermission);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(list, permissions);
  return permissions;
}

const KNOWN: ReadonlySet<string> = new Set(Permission.options);

/** A permission of a later version, after a step back to this one, gives nothing. */
const isPermission = (name: string): name is Permission => KNOWN.has(name);

/** The rows a data scope stands for; wards bring the prisons they lie in. */
export async function seenUnits(db: Db, scope: DataScope, officer: { id: string; prisonId: string }): Promise<SeenUnits> {
  const none = { all: false, prisons: [], wards: [], partly: [], own: null };
  if (scope.kind === 'bureau') return SEES_ALL;
  if (scope.kind === 'prisons') return { ...none, prisons: scope.ids };
  if (scope.kind === 'own') return { ...none, partly: [officer.prisonId], own: officer.id };
  const wards = await db.withTables<Tables>().selectFrom('org_units').select(['id', 'parent_id']).where('id', 'in', scope.ids).execute();
  return { ...none, wards: wards.map(({ id }) => id), partly: [...new Set(wards.flatMap(({ parent_id }) => parent_id ?? []))] };
}
