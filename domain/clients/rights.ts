import { DataScope, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { ClientTables } from './migrations.ts';

export type ClientRow = ClientTables['clients'];
const PURPOSE = 'client rights';
const Names = z.array(z.string());

const bytes = (row: Omit<ClientRow, 'mac'>) =>
  Buffer.from(JSON.stringify([row.id, row.enabled, row.addresses, row.interfaces, row.scope, row.per_minute, row.per_day, row.version]));

export async function withRightsMac(crypto: CryptoProvider, row: Omit<ClientRow, 'mac'>): Promise<ClientRow> {
  return { ...row, mac: await crypto.mac(PURPOSE, bytes(row)) };
}

/** Throws `access_damaged` for a client whose rights were changed past the application. */
export async function assertRightsIntact(crypto: CryptoProvider, row: ClientRow): Promise<void> {
  const fits = await crypto.verifyMac(PURPOSE, bytes(row), row.mac).catch(() => false);
  if (!fits) throw new QinqiaoError('access_damaged', { detail: `client ${row.id}` });
}

export const addressesOf = (row: ClientRow): string[] => Names.parse(JSON.parse(row.addresses));
export const interfacesOf = (row: ClientRow): string[] => Names.parse(JSON.parse(row.interfaces));
export const scopeOf = (row: ClientRow): DataScope => DataScope.parse(JSON.parse(row.scope));
