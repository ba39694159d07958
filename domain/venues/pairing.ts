import { createHash, randomInt } from 'node:crypto';
import { type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { guarded } from '../identity/index.ts';
import { type Device, getDevice, getVenueRoom, noteSignOfLife, registerDevice, renewDeviceKey } from '../organisation/index.ts';
import type { VenueTables } from './migrations.ts';

/** So long a code may be entered. */
export const PAIRING_MINUTES = 10;
const CODE_SPACE = 100_000_000;
/** Wrong codes from one address before it has to wait: of a hundred million, some are never enough. */
const MAX_WRONG_CODES = 10;

const pairings = (db: Db) => db.withTables<VenueTables>();
const hashCode = (code: string) => createHash('sm3').update(`pairing:${code}`).digest('hex');

export interface NewPairing {
  roomId: string;
  name: string;
  /** The tablet that gets a new key. */
  deviceId?: string | undefined;
}

/** Makes a one-time code (8 digits) by which a tablet is registered with a room. Throws `not_found`, `wrong_state` when the tablet is revoked. */
export async function openPairing(
  trx: Db,
  clock: Clock,
  { roomId, name, deviceId }: NewPairing,
  by: string,
): Promise<{ id: string; code: string; expiresAt: Instant }> {
  const now = clock.now();
  const room = await getVenueRoom(trx, roomId, toInstant(now));
  const device = deviceId === undefined ? null : await getDevice(trx, deviceId);
  if (device?.state === 'revoked') throw new QinqiaoError('wrong_state');
  if (device && device.roomId !== room.id) throw new QinqiaoError('bad_request', { fields: { roomId: 'invalid' } });
  await pairings(trx).deleteFrom('device_pairings').where('expires_at', '<', toInstant(now)).execute();
  const code = String(randomInt(CODE_SPACE)).padStart(8, '0');
  const row = { id: newId(), code_hash: hashCode(code), room_id: room.id, name, device_id: device?.id ?? null, created_by: by };
  const expiresAt = toInstant(now.getTime() + PAIRING_MINUTES * 60_000);
  await pairings(trx)
    .insertInto('device_pairings')
    .values({ ...row, expires_at: expiresAt, used_at: null })
    .execute();
  return { id: row.id, code, expiresAt };
}

/** Throws `not_found`. */
export async function getPairing(db: Db, clock: Clock, id: string): Promise<{ state: 'open' | 'used' | 'expired'; device: Device | null }> {
  const row = await pairings(db).selectFrom('device_pairings').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (row.used_at !== null) return { state: 'used', device: row.device_id === null ? null : await getDevice(db, row.device_id) };
  return { state: row.expires_at > toInstant(clock.now()) ? 'open' : 'expired', device: null };
}

/**
 * A tablet shows its code: it is registered and gets its key, which only it knows. Throws `pairing_invalid`, and `login_locked` after too
 * many wrong codes from one address.
 */
export async function pairTablet(
  db: Db,
  clock: Clock,
  { code, appVersion }: { code: string; appVersion: string },
  address: string,
): Promise<{ key: string; device: Device }> {
  return guarded(
    db,
    clock,
    `pairing:${address}`,
    () => db.transaction().execute((trx) => usePairing(trx, clock, code, appVersion)),
    MAX_WRONG_CODES,
  );
}

async function usePairing(trx: Db, clock: Clock, code: string, appVersion: string): Promise<{ key: string; device: Device }> {
  const at = toInstant(clock.now());
  const query = pairings(trx).selectFrom('device_pairings').selectAll().where('code_hash', '=', hashCode(code));
  const row = await query.forUpdate().executeTakeFirst();
  if (!row || row.expires_at <= at) throw new QinqiaoError('pairing_invalid');
  const made =
    row.device_id === null
      ? await registerDevice(trx, { roomId: row.room_id, name: row.name }, row.created_by, at)
      : { id: row.device_id, key: await renewDeviceKey(trx, row.device_id, row.created_by, at) };
  const used = { code_hash: null, used_at: at, device_id: made.id };
  await pairings(trx).updateTable('device_pairings').set(used).where('id', '=', row.id).execute();
  const device = await noteSignOfLife(trx, made.key, { appVersion, battery: null }, at);
  const { id, name, roomId, roomName } = device;
  const actor = { role: 'system' as const, id: made.id, name: `平板 ${name}`.slice(0, 64) };
  const detail = { name, roomId, roomName, codeOf: row.created_by, anew: row.device_id !== null };
  await writeAudit(trx, { at, actor, action: 'device.pair', subject: { kind: 'device', id }, detail });
  return { key: made.key, device };
}
