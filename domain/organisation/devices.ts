import { randomBytes } from 'node:crypto';
import { type DeviceState, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newestFirst, newId } from '@qinqiao/server-kit';
import type { Selectable } from 'kysely';
import type { OrganisationTables } from './migrations.ts';
import { hashKey } from './repository.ts';

const tables = (db: Db) => db.withTables<OrganisationTables>();
type DeviceRow = Selectable<OrganisationTables['devices']>;
const newKey = () => randomBytes(32).toString('base64url');

/** A tablet (平板) and the room it stands in. */
export interface Device {
  id: string;
  name: string;
  roomId: string;
  roomName: string;
  prisonId: string;
  prisonName: string;
  state: DeviceState;
  reason: string;
  seenAt: Instant | null;
  appVersion: string;
  battery: { percent: number; charging: boolean } | null;
  registeredAt: Instant | null;
  registeredBy: string;
  version: number;
}

const selectDevices = (db: Db) =>
  tables(db)
    .selectFrom('devices')
    .innerJoin('rooms', 'rooms.id', 'devices.room_id')
    .innerJoin('org_units', 'org_units.id', 'rooms.prison_id')
    .select(['devices.id', 'devices.name', 'devices.room_id', 'devices.state', 'devices.state_reason', 'devices.seen_at'])
    .select(['devices.app_version', 'devices.battery', 'devices.charging', 'devices.registered_at', 'devices.registered_by'])
    .select(['devices.version', 'rooms.name as room_name', 'rooms.prison_id', 'org_units.name as prison_name']);
type Row = Omit<DeviceRow, 'key_hash'> & { room_name: string; prison_id: string; prison_name: string };

const viewOf = (row: Row): Device => ({
  id: row.id,
  name: row.name,
  roomId: row.room_id,
  roomName: row.room_name,
  prisonId: row.prison_id,
  prisonName: row.prison_name,
  state: row.state,
  reason: row.state_reason,
  seenAt: row.seen_at,
  appVersion: row.app_version,
  battery: row.battery === null ? null : { percent: row.battery, charging: row.charging === 1 },
  registeredAt: row.registered_at,
  registeredBy: row.registered_by,
  version: row.version,
});

export interface DeviceFilter {
  prisonId?: string | undefined;
  roomId?: string | undefined;
  state?: DeviceState | undefined;
  /** Beginning of the tablet's or its room's name. */
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of tablets, the newest first. */
export async function listDevices(db: Db, filter: DeviceFilter): Promise<{ items: Device[]; next: string | null }> {
  let query = selectDevices(db);
  if (filter.prisonId !== undefined) query = query.where('rooms.prison_id', '=', filter.prisonId);
  if (filter.roomId !== undefined) query = query.where('devices.room_id', '=', filter.roomId);
  if (filter.state !== undefined) query = query.where('devices.state', '=', filter.state);
  if (filter.text) {
    const start = `${filter.text.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) => eb.or([eb('devices.name', 'like', start), eb('rooms.name', 'like', start)]));
  }
  const { items, next } = await newestFirst(query, filter, 'devices.id');
  return { items: items.map(viewOf), next };
}

/** Throws `not_found`. */
export async function getDevice(db: Db, id: string): Promise<Device> {
  const row = await selectDevices(db).where('devices.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** The tablets of a prison's rooms that are not revoked. */
export async function devicesOfPrison(db: Db, prisonId: string): Promise<Device[]> {
  const query = selectDevices(db).where('rooms.prison_id', '=', prisonId).where('devices.state', '!=', 'revoked');
  return (await query.orderBy('devices.id').execute()).map(viewOf);
}

/** Registers a tablet with a room. Answers its key, which is known to nobody else from then on. */
export async function registerDevice(
  trx: Db,
  { roomId, name }: { roomId: string; name: string },
  by: string,
  at: Instant,
): Promise<{ id: string; key: string }> {
  const [id, key] = [newId(), newKey()];
  const columns = { room_id: roomId, name, key_hash: hashKey(key), registered_at: at, registered_by: by };
  await tables(trx)
    .insertInto('devices')
    .values({ id, ...columns })
    .execute();
  return { id, key };
}

/** Gives a registered tablet another key (it was reset, or another one takes its place); the old one is worth nothing any more. */
export async function renewDeviceKey(trx: Db, id: string, by: string, at: Instant): Promise<string> {
  const key = newKey();
  await changeDevice(trx, await lockDevice(trx, id), { key_hash: hashKey(key), registered_at: at, registered_by: by });
  return key;
}

export async function renameDevice(trx: Db, id: string, { name, version }: { name: string; version: number }): Promise<Device> {
  await changeDevice(trx, await lockDevice(trx, id, version), { name });
  return getDevice(trx, id);
}

/** Puts the tablet into another room of its prison. Throws `bad_request` naming `roomId`. */
export async function rebindDevice(trx: Db, id: string, { roomId, version }: { roomId: string; version: number }): Promise<Device> {
  const row = await lockDevice(trx, id, version);
  const rooms = tables(trx).selectFrom('rooms').select('prison_id');
  const [from, to] = [
    await rooms.where('id', '=', row.room_id).executeTakeFirst(),
    await rooms.where('id', '=', roomId).executeTakeFirst(),
  ];
  if (!to || to.prison_id !== from?.prison_id) throw new QinqiaoError('bad_request', { fields: { roomId: 'not_found' } });
  await changeDevice(trx, row, { room_id: roomId });
  return getDevice(trx, id);
}

export async function setDeviceState(
  trx: Db,
  id: string,
  { state, reason, version }: { state: DeviceState; reason: string; version: number },
): Promise<Device> {
  const row = await lockDevice(trx, id, version);
  // A key that was revoked is never worth anything again.
  const key = state === 'revoked' ? { key_hash: hashKey(newKey()) } : {};
  await changeDevice(trx, row, { state, state_reason: state === 'in_service' ? '' : reason, ...key });
  return getDevice(trx, id);
}

export interface SignOfLife {
  appVersion: string;
  battery: { percent: number; charging: boolean } | null;
}

/** Notes that a tablet is there. Throws `device_unknown`. */
export async function noteSignOfLife(db: Db, key: string, { appVersion, battery }: SignOfLife, at: Instant): Promise<Device> {
  const query = selectDevices(db).where('devices.key_hash', '=', hashKey(key)).where('devices.state', '!=', 'revoked');
  const row = await query.executeTakeFirst();
  if (!row) throw new QinqiaoError('device_unknown');
  const charging = battery === null ? null : battery.charging ? (1 as const) : (0 as const);
  const signs = { seen_at: at, app_version: appVersion, battery: battery?.percent ?? null, charging };
  await tables(db).updateTable('devices').set(signs).where('id', '=', row.id).execute();
  return viewOf({ ...row, ...signs });
}

/** Throws `not_found`, `wrong_state` when the tablet is revoked, `edit_conflict`. */
async function lockDevice(trx: Db, id: string, version?: number): Promise<DeviceRow> {
  const row = await tables(trx).selectFrom('devices').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (version !== undefined && row.version !== version) throw new QinqiaoError('edit_conflict');
  if (row.state === 'revoked') throw new QinqiaoError('wrong_state');
  return row;
}

async function changeDevice(trx: Db, row: DeviceRow, columns: Partial<Omit<DeviceRow, 'id' | 'version'>>): Promise<void> {
  await tables(trx)
    .updateTable('devices')
    .set({ ...columns, version: row.version + 1 })
    .where('id', '=', row.id)
    .execute();
}
