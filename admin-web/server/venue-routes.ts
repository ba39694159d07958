import { type BoardItem, QinqiaoError } from '@qinqiao/contracts';
import { editVenueRoom, findRoom, findOrgUnit, setRoomState } from '@qinqiao/domain/organisation';
import { readParameter } from '@qinqiao/domain/settings';
import {
  assignDay,
  type DayItem,
  type Doing,
  type EquippedRoom,
  findItem,
  listDay,
  listEquippedRooms,
  type Located,
  moveByHand,
  noteVenueChange,
  reassign,
  unpin,
} from '@qinqiao/domain/venues';
import { instantAt, toInstant } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { boardItem, roomView } from './venue-views.ts';
import { whereIs } from './venue-scope.ts';

type Routes = 'getVenueBoard' | 'assignVenues' | 'moveToRoom' | 'unpinFromRoom' | 'listVenueRooms' | 'editRoom' | 'setRoomState';

/**
 * Meeting rooms and who is in them. What an officer asks about is looked up in his data scope first; rooms are then given and taken on the
 * whole store, because a room is also taken by a call he does not see.
 */
export function venueRoutes({ db: whole, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const change = auditedChange(clock);
  const doing = (request: Pick<RequestContext, 'officer'>): Doing => ({ db: whole, clock, actor: officerActor(request) });
  const oneRoom = async (db: RequestContext['db'], prisonId: string, id: string): Promise<EquippedRoom> => {
    const room = (await listEquippedRooms(db, prisonId, clock.now())).find((each) => each.id === id);
    if (!room) throw new QinqiaoError('not_found');
    return room;
  };
  const afterMove = async (item: DayItem, at: Located): Promise<BoardItem> =>
    boardItem(await findItem({ db: whole }, item.id, at), true, clock.now());
  return {
    getVenueBoard: async ({ db, query: { prisonId, day } }) => {
      await requirePrison(db, prisonId);
      const now = clock.now();
      const span = { prisonId, from: instantAt(day, '00:00'), to: instantAt(day, '24:00') };
      const rooms = await listEquippedRooms(db, prisonId, now);
      const seen = new Set((await listDay(db, span)).map(({ id }) => id));
      const shown = new Set(rooms.map(({ id }) => id));
      // Whoever sees the room may know that it is taken, not by whom.
      const items = (await listDay(whole, span)).filter(({ id, roomId }) => seen.has(id) || shown.has(roomId ?? ''));
      return {
        prisonId,
        day,
        from: span.from,
        now: toInstant(now),
        bufferMinutes: await readParameter(db, 'venue.bufferMinutes'),
        rooms: rooms.map((room) => roomView(room, now)),
        items: items.map((item) => boardItem(item, seen.has(item.id), now)),
      };
    },
    assignVenues: async (request) => {
      await requirePrison(request.db, request.body.prisonId);
      return assignDay(doing(request), request.body);
    },
    moveToRoom: async (request) => {
      const { itemId, roomId } = request.body;
      const at = await whereIs(request.db, itemId);
      const room = await findRoom(request.db, roomId);
      if (room?.prison_id !== at.prisonId) throw new QinqiaoError('bad_request', { fields: { roomId: 'not_found' } });
      const item = await findItem({ db: whole }, itemId, at);
      await moveByHand(doing(request), item, roomId, at.prisonId);
      return afterMove(item, at);
    },
    unpinFromRoom: async (request) => {
      const at = await whereIs(request.db, request.body.itemId);
      const item = await findItem({ db: whole }, request.body.itemId, at);
      await unpin(doing(request), item);
      return afterMove(item, at);
    },
    listVenueRooms: async ({ db, query }) => {
      const rooms = await listEquippedRooms(db, query.prisonId, clock.now());
      return { items: rooms.map((room) => roomView(room, clock.now())) };
    },
    editRoom: async (request) => {
      const { id } = request.params;
      const edited = await change(request, 'room.edit', async (trx) => {
        const { before, after } = await editVenueRoom(trx, id, request.body, toInstant(clock.now()));
        return { answer: after, subject: { kind: 'room', id }, detail: { before, after } };
      });
      return roomView(await oneRoom(request.db, edited.prisonId, id), clock.now());
    },
    setRoomState: async (request) => {
      const { id } = request.params;
      const { inService } = request.body;
      const { prisonId } = await change(request, inService ? 'room.inService' : 'room.outOfService', async (trx) => {
        const { before, after } = await setRoomState(trx, id, request.body, toInstant(clock.now()));
        await noteVenueChange(trx, clock, after);
        return { answer: after, subject: { kind: 'room', id }, detail: { before, after } };
      });
      const result = await reassign(doing(request), prisonId);
      return { room: roomView(await oneRoom(request.db, prisonId, id), clock.now()), result };
    },
  };
}

/** Throws `not_found` for what is no prison, or one of which the officer sees nothing. */
async function requirePrison(db: RequestContext['db'], id: string): Promise<void> {
  const prison = await findOrgUnit(db, id);
  if (prison?.kind !== 'prison') throw new QinqiaoError('not_found');
}
