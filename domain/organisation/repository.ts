import { createHash } from 'node:crypto';
import type { Db } from '@qinqiao/server-kit';
import type { Insertable, Selectable } from 'kysely';
import type { OrganisationTables } from './migrations.ts';
import { forgetUnitNames } from './names.ts';

export type OrgUnit = Selectable<OrganisationTables['org_units']>;
export type Room = Selectable<OrganisationTables['rooms']>;

export const hashKey = (key: string) => createHash('sm3').update(key).digest('hex');

export async function addOrgUnit(db: Db, unit: Insertable<OrganisationTables['org_units']>): Promise<void> {
  await db.withTables<OrganisationTables>().insertInto('org_units').values(unit).execute();
  forgetUnitNames(db);
}

export async function addRoom(db: Db, room: Insertable<OrganisationTables['rooms']>): Promise<void> {
  await db.withTables<OrganisationTables>().insertInto('rooms').values(room).execute();
}

/** Registers a tablet and binds it to a room. `key` is the secret the tablet shows at log-in; only its hash is kept. */
export async function addDevice(db: Db, device: { id: string; roomId: string; name: string; key: string }): Promise<void> {
  const row = { id: device.id, room_id: device.roomId, name: device.name, key_hash: hashKey(device.key) };
  await db.withTables<OrganisationTables>().insertInto('devices').values(row).execute();
}

const bound = (db: Db) =>
  db
    .withTables<OrganisationTables>()
    .selectFrom('devices')
    .innerJoin('rooms', 'rooms.id', 'devices.room_id')
    .select(['devices.id', 'devices.name', 'devices.room_id as roomId', 'rooms.name as roomName', 'rooms.prison_id as prisonId'])
    .where('devices.state', '!=', 'revoked');

/** The registered tablet with this key and its room, or undefined. */
export async function findDeviceByKey(db: Db, key: string) {
  return bound(db).where('devices.key_hash', '=', hashKey(key)).executeTakeFirst();
}

export async function findDevice(db: Db, id: string) {
  return bound(db).where('devices.id', '=', id).executeTakeFirst();
}

export async function findOrgUnit(db: Db, id: string): Promise<OrgUnit | undefined> {
  return db.withTables<OrganisationTables>().selectFrom('org_units').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listRooms(db: Db, prisonId: string): Promise<Room[]> {
  return db
    .withTables<OrganisationTables>()
    .selectFrom('rooms')
    .selectAll()
    .where('prison_id', '=', prisonId)
    .orderBy('sort')
    .orderBy('name')
    .execute();
}

export async function findRoom(db: Db, id: string): Promise<Room | undefined> {
  return db.withTables<OrganisationTables>().selectFrom('rooms').selectAll().where('id', '=', id).executeTakeFirst();
}
