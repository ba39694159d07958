import { type AppointmentKind, type Instant, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { Selectable } from 'kysely';
import type { OrganisationTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<OrganisationTables>();
type RoomRow = Selectable<OrganisationTables['rooms']>;

/** A meeting room (会场) with what it is for and whether it can be used. */
export interface VenueRoom {
  id: string;
  prisonId: string;
  name: string;
  inService: boolean;
  reason: string;
  /** Out of service until then; null: until somebody says otherwise. */
  outUntil: Instant | null;
  kinds: AppointmentKind[];
  wardIds: string[];
  sort: number;
  version: number;
}

/** A room whose time out of service is over is in service. */
function viewOf(row: RoomRow, wardIds: string[], now: Instant): VenueRoom {
  const inService = row.state === 'in_service' || (row.out_until !== null && row.out_until <= now);
  return {
    id: row.id,
    prisonId: row.prison_id,
    name: row.name,
    inService,
    reason: inService ? '' : row.state_reason,
    outUntil: inService ? null : row.out_until,
    kinds: row.kinds.split(',').filter(Boolean) as AppointmentKind[],
    wardIds,
    sort: row.sort,
    version: row.version,
  };
}

/** A prison's rooms in their order; within a transaction that places calls they are locked. */
export async function listVenueRooms(db: Db, prisonId: string, now: Instant, { lock = false } = {}): Promise<VenueRoom[]> {
  const query = tables(db).selectFrom('rooms').selectAll().where('prison_id', '=', prisonId).orderBy('sort').orderBy('name').orderBy('id');
  const rows = await (lock ? query.forUpdate() : query).execute();
  const wards = await wardsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => viewOf(row, wards.get(row.id) ?? [], now));
}

/** Throws `not_found`. */
export async function getVenueRoom(db: Db, id: string, now: Instant): Promise<VenueRoom> {
  const row = await tables(db).selectFrom('rooms').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row, (await wardsOf(db, [id])).get(id) ?? [], now);
}

async function wardsOf(db: Db, ids: string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await tables(db).selectFrom('room_wards').selectAll().where('room_id', 'in', ids).orderBy('ward_id').execute();
  const wards = new Map<string, string[]>();
  for (const { room_id, ward_id } of rows) wards.set(room_id, [...(wards.get(room_id) ?? []), ward_id]);
  return wards;
}

export interface RoomEdit {
  name: string;
  kinds: AppointmentKind[];
  wardIds: string[];
  sort: number;
  version: number;
}

/** Throws `not_found`, `edit_conflict`, and `bad_request` naming wards that are not of the room's prison or a name that is taken. */
export async function editVenueRoom(trx: Db, id: string, edit: RoomEdit, now: Instant): Promise<{ before: VenueRoom; after: VenueRoom }> {
  const row = await lockRoom(trx, id, edit.version);
  const before = await getVenueRoom(trx, id, now);
  const same = await tables(trx)
    .selectFrom('rooms')
    .select('id')
    .where('prison_id', '=', row.prison_id)
    .where('name', '=', edit.name)
    .execute();
  if (same.some((other) => other.id !== id)) throw new QinqiaoError('name_taken', { fields: { name: 'taken' } });
  const wardIds = [...new Set(edit.wardIds)];
  await assertWards(trx, row.prison_id, wardIds);
  const columns = { name: edit.name, kinds: edit.kinds.join(','), sort: edit.sort, version: row.version + 1 };
  await tables(trx).updateTable('rooms').set(columns).where('id', '=', id).execute();
  await tables(trx).deleteFrom('room_wards').where('room_id', '=', id).execute();
  if (wardIds.length > 0) {
    const rows = wardIds.map((ward_id) => ({ room_id: id, ward_id }));
    await tables(trx).insertInto('room_wards').values(rows).execute();
  }
  return { before, after: await getVenueRoom(trx, id, now) };
}

export interface RoomStateEdit {
  inService: boolean;
  reason: string;
  outUntil: Instant | null;
  version: number;
}

/** Puts a room in or out of service. Throws `not_found`, `edit_conflict`. */
export async function setRoomState(
  trx: Db,
  id: string,
  edit: RoomStateEdit,
  now: Instant,
): Promise<{ before: VenueRoom; after: VenueRoom }> {
  const row = await lockRoom(trx, id, edit.version);
  const before = await getVenueRoom(trx, id, now);
  const columns = edit.inService
    ? { state: 'in_service' as const, state_reason: '', out_until: null }
    : { state: 'out_of_service' as const, state_reason: edit.reason, out_until: edit.outUntil };
  await tables(trx)
    .updateTable('rooms')
    .set({ ...columns, version: row.version + 1 })
    .where('id', '=', id)
    .execute();
  return { before, after: await getVenueRoom(trx, id, now) };
}

async function lockRoom(trx: Db, id: string, version: number): Promise<RoomRow> {
  const row = await tables(trx).selectFrom('rooms').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
  return row;
}

async function assertWards(trx: Db, prisonId: string, wardIds: string[]): Promise<void> {
  if (wardIds.length === 0) return;
  const wards = await tables(trx)
    .selectFrom('org_units')
    .select('id')
    .where('id', 'in', wardIds)
    .where('parent_id', '=', prisonId)
    .execute();
  if (wards.length < wardIds.length) throw new QinqiaoError('bad_request', { fields: { wardIds: 'ward_not_in_prison' } });
}
