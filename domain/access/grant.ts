import { BUILT_IN_ROLES, type DataScope } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { withAccessMac, withRoleMac } from './macs.ts';
import type { AccessTables } from './migrations.ts';

/** Brings the roles that every installation has to this version. To be called at each start. */
export async function ensureBuiltInRoles(db: Db, crypto: CryptoProvider): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const roles = trx.withTables<AccessTables>();
    const there = await roles.selectFrom('roles').selectAll().where('built_in', '=', 1).forUpdate().execute();
    for (const [id, { zh, duty, permissions }] of Object.entries(BUILT_IN_ROLES)) {
      const old = there.find((role) => role.id === id);
      const wanted = JSON.stringify(permissions);
      if (old?.permissions === wanted && old.duty === duty) continue;
      const row = await withRoleMac(crypto, { id, name: zh, duty, permissions: wanted, built_in: 1, version: (old?.version ?? 0) + 1 });
      if (old) await roles.updateTable('roles').set(row).where('id', '=', id).execute();
      else await roles.insertInto('roles').values(row).execute();
    }
  });
}

/** Sets an officer's roles and data scope, whatever they were. Rules of who may do so are not checked here. */
export async function setAccess(
  db: Db,
  crypto: CryptoProvider,
  officerId: string,
  { roles, scope }: { roles: readonly string[]; scope: DataScope },
): Promise<void> {
  const access = db.withTables<AccessTables>();
  const old = await access
    .selectFrom('officer_access')
    .select('version')
    .where('officer_id', '=', officerId)
    .forUpdate()
    .executeTakeFirst();
  const content = { officer_id: officerId, roles: JSON.stringify(roles), scope: JSON.stringify(scope), version: (old?.version ?? 0) + 1 };
  const row = await withAccessMac(crypto, content);
  if (old) await access.updateTable('officer_access').set(row).where('officer_id', '=', officerId).execute();
  else await access.insertInto('officer_access').values(row).execute();
  await access.deleteFrom('officer_roles').where('officer_id', '=', officerId).execute();
  if (roles.length === 0) return;
  await access
    .insertInto('officer_roles')
    .values(roles.map((role_id) => ({ officer_id: officerId, role_id })))
    .execute();
}

/** The officers of a prison who hold a role; whose account is disabled holds none. */
export async function roleHolders(db: Db, prisonId: string, role: string): Promise<string[]> {
  const rows = await db
    .withTables<AccessTables & { officers: { id: string; prison_id: string; enabled: number } }>()
    .selectFrom('officer_roles')
    .innerJoin('officers', 'officers.id', 'officer_roles.officer_id')
    .select('officers.id')
    .where('officer_roles.role_id', '=', role)
    .where('officers.prison_id', '=', prisonId)
    .where('officers.enabled', '=', 1)
    .orderBy('officers.id')
    .execute();
  return rows.map(({ id }) => id);
}
