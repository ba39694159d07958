import { randomBytes } from 'node:crypto';
import { type ClientKeyView, type ClientView, type DataScope, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type CryptoProvider, type Db, isDuplicateKey, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { ClientTables } from './migrations.ts';
import { addressesOf, type ClientRow, interfacesOf, scopeOf, withRightsMac } from './rights.ts';

type KeyRow = ClientTables['client_keys'];
const tables = (db: Db) => db.withTables<ClientTables>();
/** So many keys of a client are good at one time: the old one and the one that takes its place. */
export const MAX_VALID_KEYS = 2;

export interface ClientDefinition {
  name: string;
  contact: string;
  enabled: boolean;
  addresses: string[];
  interfaces: string[];
  scope: DataScope;
  perMinute: number;
  perDay: number;
}
export interface ClientDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  actor: Actor;
}

const contextOf = (keyId: string) => `client key ${keyId}`;
export const openSecret = async (crypto: CryptoProvider, key: Pick<KeyRow, 'id' | 'secret'>): Promise<string> =>
  (await crypto.decrypt(contextOf(key.id), key.secret)).toString();

/** Registers a third party. `open`: names of the endpoints that may be given to clients. Throws `bad_request`, `name_taken`. */
export async function createClient(
  { db, crypto, clock, actor }: ClientDeps,
  definition: ClientDefinition,
  open: readonly string[],
): Promise<ClientView> {
  const at = toInstant(clock.now());
  const row = await withRightsMac(crypto, { id: newId(), created_at: at, version: 1, ...columnsOf(definition, open) });
  await db.transaction().execute(async (trx) => {
    await unlessTaken(tables(trx).insertInto('clients').values(row).execute());
    await writeAudit(trx, {
      at,
      actor,
      action: 'client.create',
      subject: { kind: 'client', id: row.id },
      detail: { after: { ...definition } },
    });
  });
  return getClient(db, clock, row.id);
}

/** Throws `edit_conflict`, `bad_request`, `name_taken`. */
export async function updateClient(
  { db, crypto, clock, actor }: ClientDeps,
  id: string,
  { version, ...definition }: ClientDefinition & { version: number },
  open: readonly string[],
): Promise<ClientView> {
  await db.transaction().execute(async (trx) => {
    const old = await tables(trx).selectFrom('clients').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!old) throw new QinqiaoError('not_found');
    if (old.version !== version) throw new QinqiaoError('edit_conflict');
    const row = await withRightsMac(crypto, { ...old, ...columnsOf(definition, open), version: version + 1 });
    await unlessTaken(tables(trx).updateTable('clients').set(row).where('id', '=', id).execute());
    const detail = { before: definitionOf(old), after: { ...definition } };
    await writeAudit(trx, { at: toInstant(clock.now()), actor, action: 'client.edit', subject: { kind: 'client', id }, detail });
  });
  return getClient(db, clock, id);
}

function columnsOf(definition: ClientDefinition, open: readonly string[]) {
  const { name, contact, enabled, addresses, interfaces, scope, perMinute, perDay } = definition;
  if (interfaces.some((each) => !open.includes(each)))
    throw new QinqiaoError('bad_request', { fields: { interfaces: 'not open to clients' } });
  // In nobody's charge is nothing: a program is not an officer.
  if (scope.kind === 'own') throw new QinqiaoError('bad_request', { fields: { scope: 'a client has nothing of its own' } });
  return {
    name,
    contact,
    enabled: enabled ? (1 as const) : (0 as const),
    per_minute: perMinute,
    per_day: perDay,
    addresses: JSON.stringify(addresses),
    interfaces: JSON.stringify(interfaces),
    scope: JSON.stringify(scope),
  };
}

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { fields: { name: 'taken' }, cause: error });
    throw error;
  }
}

/** A new key; the secret is answered this once. Older keys end after the overlap, and at most two are good at a time. */
export async function addKey(
  { db, crypto, clock, actor }: ClientDeps,
  clientId: string,
  overlapHours: number,
): Promise<{ key: ClientKeyView; secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const id = newId();
  const now = clock.now().getTime();
  const at = toInstant(now);
  const row: KeyRow = {
    id,
    client_id: clientId,
    secret: await crypto.encrypt(contextOf(id), Buffer.from(secret)),
    created_at: at,
    ends_at: null,
    last_used_at: null,
  };
  await db.transaction().execute(async (trx) => {
    const client = await tables(trx).selectFrom('clients').select('id').where('id', '=', clientId).forUpdate().executeTakeFirst();
    if (!client) throw new QinqiaoError('not_found');
    const valid = (await keysOf(trx, [clientId])).filter((key) => isValid(key, at));
    for (const [index, key] of valid.toReversed().entries()) {
      const overlap = index < MAX_VALID_KEYS - 1 ? toInstant(now + overlapHours * 3600_000) : at;
      const ends = key.ends_at !== null && key.ends_at < overlap ? key.ends_at : overlap;
      await tables(trx).updateTable('client_keys').set({ ends_at: ends }).where('id', '=', key.id).execute();
    }
    await tables(trx).insertInto('client_keys').values(row).execute();
    await writeAudit(trx, {
      at,
      actor,
      action: 'client.addKey',
      subject: { kind: 'client', id: clientId },
      detail: { key: id, overlapHours },
    });
  });
  return { key: keyView(row, at), secret };
}

/** Ends a key at once. */
export async function endKey({ db, clock, actor }: ClientDeps, clientId: string, keyId: string): Promise<void> {
  const at = toInstant(clock.now());
  await db.transaction().execute(async (trx) => {
    const key = await tables(trx)
      .selectFrom('client_keys')
      .selectAll()
      .where('id', '=', keyId)
      .where('client_id', '=', clientId)
      .forUpdate()
      .executeTakeFirst();
    if (!key) throw new QinqiaoError('not_found');
    if (!isValid(key, at)) throw new QinqiaoError('wrong_state');
    await tables(trx).updateTable('client_keys').set({ ends_at: at }).where('id', '=', keyId).execute();
    await writeAudit(trx, { at, actor, action: 'client.endKey', subject: { kind: 'client', id: clientId }, detail: { key: keyId } });
  });
}

/** Clients by their id, with their keys (never the secrets). */
export async function listClients(
  db: Db,
  clock: Clock,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: ClientView[]; next: string | null }> {
  const query = tables(db)
    .selectFrom('clients')
    .selectAll()
    .orderBy('id')
    .limit(limit + 1);
  const rows = await (cursor === undefined ? query : query.where('id', '>', cursor)).execute();
  const page = rows.slice(0, limit);
  const keys = await keysOf(
    db,
    page.map(({ id }) => id),
  );
  const at = toInstant(clock.now());
  return { items: page.map((row) => viewOf(row, keys, at)), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export async function getClient(db: Db, clock: Clock, id: string): Promise<ClientView> {
  const row = await tables(db).selectFrom('clients').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row, await keysOf(db, [id]), toInstant(clock.now()));
}

/** The keys of these clients, the oldest first. */
export async function keysOf(db: Db, clientIds: readonly string[]): Promise<KeyRow[]> {
  if (clientIds.length === 0) return [];
  return tables(db)
    .selectFrom('client_keys')
    .selectAll()
    .where('client_id', 'in', [...clientIds])
    .orderBy('id')
    .execute();
}

export const isValid = ({ ends_at }: Pick<KeyRow, 'ends_at'>, at: string): boolean => ends_at === null || ends_at > at;

const keyView = (key: KeyRow, at: string): ClientKeyView => ({
  id: key.id,
  createdAt: key.created_at,
  endsAt: key.ends_at,
  lastUsedAt: key.last_used_at,
  valid: isValid(key, at),
});

const definitionOf = (row: ClientRow): ClientDefinition => ({
  name: row.name,
  contact: row.contact,
  enabled: row.enabled === 1,
  addresses: addressesOf(row),
  interfaces: interfacesOf(row),
  scope: scopeOf(row),
  perMinute: row.per_minute,
  perDay: row.per_day,
});

const viewOf = (row: ClientRow, keys: readonly KeyRow[], at: string): ClientView => ({
  ...definitionOf(row),
  id: row.id,
  version: row.version,
  createdAt: row.created_at,
  keys: keys
    .filter((key) => key.client_id === row.id)
    .map((key) => keyView(key, at))
    .toReversed(),
});
