import { type AccessView, DataScope, type Duty, Permission, PERMISSIONS, QinqiaoError, type RoleView } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, isDuplicateKey, newId } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { setAccess } from './grant.ts';
import { assertAccessIntact, assertRoleIntact, withRoleMac } from './macs.ts';
import type { AccessTables } from './migrations.ts';

const access = (db: Db) => db.withTables<AccessTables>();
const Names = z.array(z.string());
type RoleDuty = Exclude<Duty, 'common'>;

/** All roles, with how many officers hold each (of those that this store shows). */
export async function listRoles(db: Db, crypto: CryptoProvider): Promise<RoleView[]> {
  const rows = await access(db).selectFrom('roles').selectAll().orderBy('built_in', 'desc').orderBy('name').execute();
  const counts = await access(db)
    .selectFrom('officer_roles')
    .select(['role_id', (eb) => eb.fn.countAll<number>().as('holders')])
    .groupBy('role_id')
    .execute();
  const views: RoleView[] = [];
  for (const row of rows) {
    await assertRoleIntact(crypto, row);
    views.push(viewOf(row, Number(counts.find(({ role_id }) => role_id === row.id)?.holders ?? 0)));
  }
  return views;
}

const viewOf = ({ id, name, duty, permissions, built_in, version }: AccessTables['roles'], holders: number): RoleView => ({
  id,
  name,
  duty,
  permissions: Names.parse(JSON.parse(permissions)).filter((text): text is Permission => Permission.safeParse(text).success),
  builtIn: built_in === 1,
  holders,
  version,
});

/** The one duty of a role's permissions; `common` goes with each. Throws `duties_mixed`, or `bad_request` when there is none. */
export function dutyOf(permissions: readonly Permission[]): RoleDuty {
  const duties = [...new Set(permissions.map((name) => PERMISSIONS[name].duty))].filter((duty): duty is RoleDuty => duty !== 'common');
  if (duties.length > 1) throw new QinqiaoError('duties_mixed');
  const [duty] = duties;
  if (!duty) throw new QinqiaoError('bad_request', { fields: { permissions: 'names none of a duty' } });
  return duty;
}

/** Throws `name_taken`, `duties_mixed`. */
export async function createRole(db: Db, crypto: CryptoProvider, role: { name: string; permissions: Permission[] }): Promise<RoleView> {
  const content = { name: role.name, duty: dutyOf(role.permissions), permissions: JSON.stringify(role.permissions) };
  const row = await withRoleMac(crypto, { id: newId(), ...content, built_in: 0, version: 0 });
  await refusingTaken(() => access(db).insertInto('roles').values(row).execute());
  return viewOf(row, 0);
}

/** A role keeps its duty, as officers hold it. Throws `edit_conflict`, `name_taken`, `duties_mixed`; `in_use` for a built-in one. */
export async function editRole(
  db: Db,
  crypto: CryptoProvider,
  id: string,
  role: { name: string; permissions: Permission[]; version: number },
): Promise<{ before: RoleView; after: RoleView }> {
  const old = await lockRole(db, id);
  if (old.built_in === 1) throw new QinqiaoError('in_use');
  if (old.version !== role.version) throw new QinqiaoError('edit_conflict');
  if (dutyOf(role.permissions) !== old.duty) throw new QinqiaoError('duties_mixed');
  const content = { ...old, name: role.name, permissions: JSON.stringify(role.permissions), version: old.version + 1 };
  const row = await withRoleMac(crypto, content);
  await refusingTaken(() => access(db).updateTable('roles').set(row).where('id', '=', id).execute());
  return { before: viewOf(old, 0), after: viewOf(row, 0) };
}

/** Throws `in_use` while somebody holds it, and for a built-in one. */
export async function deleteRole(db: Db, id: string): Promise<RoleView> {
  const old = await lockRole(db, id);
  const holder = await access(db).selectFrom('officer_roles').select('officer_id').where('role_id', '=', id).limit(1).executeTakeFirst();
  if (old.built_in === 1 || holder) throw new QinqiaoError('in_use');
  await access(db).deleteFrom('roles').where('id', '=', id).execute();
  return viewOf(old, 0);
}

async function lockRole(db: Db, id: string): Promise<AccessTables['roles']> {
  const row = await access(db).selectFrom('roles').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

async function refusingTaken(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { cause: error, fields: { name: 'taken' } });
    throw error;
  }
}

/** An officer's roles and data scope. Throws `not_found` for an officer that is not seen through this store. */
export async function getAccess(db: Db, crypto: CryptoProvider, officerId: string): Promise<AccessView> {
  const officers = db.withTables<{ officers: { id: string } }>();
  if (!(await officers.selectFrom('officers').select('id').where('id', '=', officerId).executeTakeFirst()))
    throw new QinqiaoError('not_found');
  const row = await access(db).selectFrom('officer_access').selectAll().where('officer_id', '=', officerId).executeTakeFirst();
  if (!row) return { officerId, roles: [], scope: { kind: 'own' }, version: 0 };
  await assertAccessIntact(crypto, row);
  return { officerId, roles: Names.parse(JSON.parse(row.roles)), scope: DataScope.parse(JSON.parse(row.scope)), version: row.version };
}

export interface AccessChange {
  officerId: string;
  roles: string[];
  scope: DataScope;
  version: number;
}

/**
 * Grants roles and data scope. Nobody changes his own (`own_access`); roles of two duties are refused (`duties_mixed`: GB/T 22239 keeps
 * system, security and audit administrators apart), also one after the other for him who grants; units must be there (`bad_request`).
 */
export async function changeAccess(
  db: Db,
  crypto: CryptoProvider,
  by: { id: string },
  change: AccessChange,
): Promise<{ before: AccessView; after: AccessView }> {
  const { officerId, roles: wanted, scope, version } = change;
  if (officerId === by.id) throw new QinqiaoError('own_access');
  const before = await getAccess(db, crypto, officerId);
  if (before.version !== version) throw new QinqiaoError('edit_conflict');
  const roles = wanted.length > 0 ? await access(db).selectFrom('roles').selectAll().where('id', 'in', wanted).execute() : [];
  if (roles.length !== new Set(wanted).size) throw new QinqiaoError('bad_request', { fields: { roles: 'no such role' } });
  if (new Set(roles.map(({ duty }) => duty)).size > 1) throw new QinqiaoError('duties_mixed');
  await assertScope(db, scope);
  await setAccess(db, crypto, officerId, { roles: [...new Set(wanted)], scope });
  return { before, after: await getAccess(db, crypto, officerId) };
}

async function assertScope(db: Db, scope: DataScope): Promise<void> {
  if (scope.kind !== 'prisons' && scope.kind !== 'wards') return;
  const kinds = scope.kind === 'prisons' ? (['prison'] as const) : (['ward', 'office'] as const);
  const units = db
    .withTables<OrganisationTables>()
    .selectFrom('org_units')
    .select('id')
    .where('id', 'in', scope.ids)
    .where('kind', 'in', kinds);
  if ((await units.execute()).length !== new Set(scope.ids).size)
    throw new QinqiaoError('bad_request', { fields: { scope: 'no such unit' } });
}
