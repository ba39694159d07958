import type { CryptoProvider } from '@qinqiao/server-kit';
import { QinqiaoError } from '@qinqiao/contracts';
import type { AccessTables } from './migrations.ts';

type RoleRow = Omit<AccessTables['roles'], 'mac'>;
type AccessRow = Omit<AccessTables['officer_access'], 'mac'>;

const ROLE = 'role permissions';
const ACCESS = 'officer access';
const roleText = ({ id, duty, permissions, version }: RoleRow) => JSON.stringify([id, duty, permissions, version]);
const accessText = ({ officer_id, roles, scope, version }: AccessRow) => JSON.stringify([officer_id, roles, scope, version]);

export async function withRoleMac(crypto: CryptoProvider, row: RoleRow): Promise<AccessTables['roles']> {
  return { ...row, mac: await crypto.mac(ROLE, Buffer.from(roleText(row))) };
}

export async function withAccessMac(crypto: CryptoProvider, row: AccessRow): Promise<AccessTables['officer_access']> {
  return { ...row, mac: await crypto.mac(ACCESS, Buffer.from(accessText(row))) };
}

/** Throws `access_damaged` for a role that was changed past the application. */
export async function assertRoleIntact(crypto: CryptoProvider, row: AccessTables['roles']): Promise<void> {
  await assertMac(crypto, ROLE, roleText(row), row.mac, `role ${row.id}`);
}

/** Throws `access_damaged` for an officer's roles or scope that were changed past the application. */
export async function assertAccessIntact(crypto: CryptoProvider, row: AccessTables['officer_access']): Promise<void> {
  await assertMac(crypto, ACCESS, accessText(row), row.mac, `access of ${row.officer_id}`);
}

/** What was found intact is taken for it so long while it stays the same to the last character: every request of an officer loads it. */
const HOLDS_MS = 5000;
const MOST_KEPT = 1000;
const intact = new WeakMap<CryptoProvider, Map<string, number>>();

/** A mac that cannot be read, or whose key is gone, proves nothing either. */
async function assertMac(crypto: CryptoProvider, purpose: string, text: string, mac: string, detail: string): Promise<void> {
  const known = intact.get(crypto) ?? new Map<string, number>();
  intact.set(crypto, known);
  const key = `${purpose}\n${mac}\n${text}`;
  if ((known.get(key) ?? 0) > performance.now()) return;
  const fits = await crypto.verifyMac(purpose, Buffer.from(text), mac).catch(() => false);
  if (!fits) throw new QinqiaoError('access_damaged', { detail });
  if (known.size >= MOST_KEPT) known.clear();
  known.set(key, performance.now() + HOLDS_MS);
}
