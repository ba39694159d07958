import type { CryptoProvider } from '@qinqiao/server-kit';
import { QinqiaoError } from '@qinqiao/contracts';
import type { AccessTables } from './migrations.ts';

type RoleRow = Omit<AccessTables['roles'], 'mac'>;
type AccessRow = Omit<AccessTables['officer_access'], 'mac'>;

const ROLE = 'role permissions';
const ACCESS = 'officer access';
const bytes = (...parts: (string | number)[]) => Buffer.from(JSON.stringify(parts));
const roleBytes = ({ id, duty, permissions, version }: RoleRow) => bytes(id, duty, permissions, version);
const accessBytes = ({ officer_id, roles, scope, version }: AccessRow) => bytes(officer_id, roles, scope, version);

export async function withRoleMac(crypto: CryptoProvider, row: RoleRow): Promise<AccessTables['roles']> {
  return { ...row, mac: await crypto.mac(ROLE, roleBytes(row)) };
}

export async function withAccessMac(crypto: CryptoProvider, row: AccessRow): Promise<AccessTables['officer_access']> {
  return { ...row, mac: await crypto.mac(ACCESS, accessBytes(row)) };
}

/** Throws `access_damaged` for a role that was changed past the application. */
export async function assertRoleIntact(crypto: CryptoProvider, row: AccessTables['roles']): Promise<void> {
  await assertMac(crypto.verifyMac(ROLE, roleBytes(row), row.mac), `role ${row.id}`);
}

/** Throws `access_damaged` for an officer's roles or scope that were changed past the application. */
export async function assertAccessIntact(crypto: CryptoProvider, row: AccessTables['officer_access']): Promise<void> {
  await assertMac(crypto.verifyMac(ACCESS, accessBytes(row), row.mac), `access of ${row.officer_id}`);
}

/** A mac that cannot be read, or whose key is gone, proves nothing either. */
async function assertMac(verified: Promise<boolean>, detail: string): Promise<void> {
  const fits = await verified.catch(() => false);
  if (!fits) throw new QinqiaoError('access_damaged', { detail });
}
