import { BlockList, isIPv6 } from 'node:net';
import { type DataScope, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import { isValid, keysOf, openSecret } from './clients.ts';
import type { ClientTables } from './migrations.ts';
import { countRequest } from './quota.ts';
import { addressesOf, assertRightsIntact, type ClientRow, interfacesOf, scopeOf } from './rights.ts';
import { signatureFits, type SignedRequest } from './signature.ts';

/** So far a client's clock may be off, and so long a signature is good. */
export const SIGNATURE_WINDOW_MS = 5 * 60_000;

export interface ClientRequest extends SignedRequest {
  clientId: string;
  signature: string;
  address: string;
}

/** A third party whose request is genuine. */
export interface AdmittedClient {
  id: string;
  name: string;
  interfaces: string[];
  scope: DataScope;
  /** Throws `forbidden` for an interface it was not given, `quota_exceeded` when it has asked too often. */
  enter(interfaceName: string): Promise<void>;
}

const tables = (db: Db) => db.withTables<ClientTables>();

/**
 * Checks who signed a request. Throws `signature_invalid` for a wrong or late signature, as for an unknown client; `account_disabled`;
 * `forbidden` for a source that is not allowed; `request_replayed` for one that was seen before.
 */
export async function admitClient(
  { db, crypto, clock }: { db: Db; crypto: CryptoProvider; clock: Clock },
  request: ClientRequest,
): Promise<AdmittedClient> {
  const row = await tables(db).selectFrom('clients').selectAll().where('id', '=', request.clientId).executeTakeFirst();
  if (!row) throw new QinqiaoError('signature_invalid', { detail: 'unknown client' });
  const now = clock.now();
  const skew = Math.abs(Number(request.timestamp) - now.getTime());
  if (!/^\d{13}$/.test(request.timestamp) || skew > SIGNATURE_WINDOW_MS)
    throw new QinqiaoError('signature_invalid', { detail: 'timestamp' });
  if (!/^[\w-]{16,64}$/.test(request.nonce)) throw new QinqiaoError('signature_invalid', { detail: 'nonce' });
  await findKey(db, crypto, row, request, toInstant(now));
  await assertRightsIntact(crypto, row);
  if (!row.enabled) throw new QinqiaoError('account_disabled');
  if (!isAllowed(addressesOf(row), request.address)) throw new QinqiaoError('forbidden', { detail: `address ${request.address}` });
  await useNonce(db, `${row.id} ${request.nonce}`, toInstant(now));
  const interfaces = interfacesOf(row);
  const enter = async (name: string) => {
    if (!interfaces.includes(name)) throw new QinqiaoError('forbidden', { detail: `interface ${name}` });
    await countRequest(db, row, now);
  };
  return { id: row.id, name: row.name, interfaces, scope: scopeOf(row), enter };
}

/** The key that signed it; notes once a minute that it is in use. */
async function findKey(db: Db, crypto: CryptoProvider, client: ClientRow, request: ClientRequest, at: string): Promise<void> {
  for (const key of (await keysOf(db, [client.id])).toReversed()) {
    if (!isValid(key, at) || !signatureFits(request.signature, await openSecret(crypto, key), request)) continue;
    if ((key.last_used_at ?? '').slice(0, 16) === at.slice(0, 16)) return;
    await tables(db).updateTable('client_keys').set({ last_used_at: at }).where('id', '=', key.id).execute();
    return;
  }
  throw new QinqiaoError('signature_invalid', { detail: 'no valid key fits' });
}

/** Whether an address is one of these, or in one of these networks. */
export function isAllowed(allowed: readonly string[], address: string): boolean {
  if (allowed.length === 0) return true;
  const list = new BlockList();
  for (const each of allowed) {
    const [net = '', bits] = each.split('/');
    const family = isIPv6(net) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(net, family);
    else list.addSubnet(net, Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Of the same request sent twice, in whichever process, one gets through. */
async function useNonce(db: Db, id: string, at: string): Promise<void> {
  try {
    await tables(db).insertInto('client_nonces').values({ id, at }).execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('request_replayed', { cause: error });
    throw error;
  }
}
