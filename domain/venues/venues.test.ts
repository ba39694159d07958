import { newId, SYSTEM_ACTOR, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { book, type AppointmentTables } from '../appointments/index.ts';
import { openBookings, type TestBookings } from '../appointments/store-testing.ts';
import { applyEvent, createCall, findCall } from '../calls/index.ts';
import { getDevice, registerDevice, setDeviceState, setRoomState } from '../organisation/index.ts';
import { Dispatcher } from '../outbox/index.ts';
import { DATABASES } from '../testing.ts';
import {
  assignDay,
  assignEverywhere,
  type DayItem,
  type Doing,
  findItem,
  isInUse,
  listDay,
  moveByHand,
  reassign,
  unpin,
  venueReceivers,
} from './index.ts';

const TODAY = '2026-11-21';
const TOMORROW = '2026-11-22';

let b: TestBookings;
let doing: Doing;
let extraRoom: string;
const now = () => toInstant(b.clock.now());

/** Books a slot for one of the two inmates and takes it for approved. */
async function approved(day: string, time: string, who: 'first' | 'second' = 'first'): Promise<string> {
  const people = who === 'first' ? [b.ids.inmate, b.ids.family] : [b.ids.otherInmate, b.ids.otherFamily];
  const [inmateId = '', familyId = ''] = people;
  const booker = { actor: { role: 'family' as const, id: familyId, name: '亲属' }, holder: { role: 'family', id: familyId } };
  const id = await book(b.deps, { slotId: b.slot(day, time), inmateId, familyId, companionIds: [] }, booker);
  await b.db.withTables<AppointmentTables>().updateTable('appointments').set({ state: 'approved' }).where('id', '=', id).execute();
  return id;
}

async function itemsOf(day: string): Promise<DayItem[]> {
  const from = new Date(`${day}T00:00:00+08:00`);
  return listDay(b.db, { prisonId: b.ids.prison, from: toInstant(from), to: toInstant(from.getTime() + 86_400_000) });
}
const roomsOf = async (day: string) => Object.fromEntries((await itemsOf(day)).map(({ id, roomId }) => [id, roomId]));
const item = async (id: string, day = TODAY) => (await itemsOf(day)).find((each) => each.id === id) as DayItem;
const assignOn = (day: string) => assignDay(doing, { prisonId: b.ids.prison, day });
const outOfService = (id: string, version: number, outUntil: string | null = null) =>
  setRoomState(b.db, id, { inService: false, reason: '空调故障', outUntil, version }, now());

describe.each(DATABASES)('venues on %s', (on) => {
  beforeEach(async () => {
    b = await openBookings(on);
    await b.setRule({ limits: [] });
    doing = { db: b.db, clock: b.clock, actor: b.byOfficer };
    extraRoom = b.ids.otherRoom;
    await registerDevice(b.db, { roomId: extraRoom, name: '平板二' }, '王科长', now());
  });
  afterEach(() => b[Symbol.asyncDispose]());

  it('gives approved video calls rooms and calls, once', async () => {
    const [one, two] = [await approved(TODAY, '14:00'), await approved(TODAY, '14:00', 'second')];
    expect(await assignOn(TODAY)).toEqual({ placed: 2, moved: 0, unplaced: [], underway: 0 });
    const rooms = await roomsOf(TODAY);
    expect(new Set([rooms[one], rooms[two]])).toEqual(new Set([b.ids.room, extraRoom]));
    const { callId } = await item(one);
    expect(await findCall(b.db, callId ?? '')).toMatchObject({ roomId: rooms[one], inmateName: '陈建国', session: { state: 'scheduled' } });
    expect(await assignOn(TODAY)).toEqual({ placed: 0, moved: 0, unplaced: [], underway: 0 });
    expect(await verifyAudit(b.db)).toBeNull();
  });

  it('tells which calls have no room: one room, two calls', async () => {
    await outOfService(extraRoom, 0);
    const ids = [await approved(TODAY, '14:00'), await approved(TODAY, '14:00', 'second')];
    const outcome = await assignOn(TODAY);
    expect([outcome.placed, outcome.unplaced.length]).toEqual([1, 1]);
    expect(ids).toContain(outcome.unplaced[0]);
  });

  it('moves the coming calls of a room that goes out of service, leaves what is underway, and places the rest when it is back', async () => {
    const id = await approved(TODAY, '14:00');
    await assignOn(TODAY);
    const { roomId, callId } = await item(id);
    const free = roomId === b.ids.room ? extraRoom : b.ids.room;
    await outOfService(roomId ?? '', 0);
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ moved: 1, unplaced: [] });
    expect(await item(id)).toMatchObject({ roomId: free, callId });
    await outOfService(free, 0);
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ moved: 0, unplaced: [id] });
    expect((await item(id)).roomId).toBeNull();
    await setRoomState(b.db, free, { inService: true, reason: '', outUntil: null, version: 1 }, now());
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ placed: 1, unplaced: [] });

    const call = (await item(id)).callId as never;
    b.clock.advance(4.9 * 3600_000);
    await applyEvent(b.db, call, { type: 'opened', at: now() }, SYSTEM_ACTOR);
    await applyEvent(b.db, call, { type: 'joined', party: 'inmate', at: now() }, SYSTEM_ACTOR);
    await outOfService(free, 2);
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ moved: 0, unplaced: [], underway: 1 });
    expect((await item(id)).roomId).toBe(free);
    expect(await isInUse(b.db, { prisonId: b.ids.prison, roomId: free }, b.clock.now())).toBe(true);
  });

  it('uses a room again when the time it was out of service for is over', async () => {
    await outOfService(extraRoom, 0, toInstant(new Date(`${TODAY}T12:00:00+08:00`)));
    await outOfService(b.ids.room, 0);
    const [early, late] = [await approved(TODAY, '09:00').catch(() => null), await approved(TODAY, '14:00')];
    expect(early).toBeNull();
    expect(await assignOn(TODAY)).toMatchObject({ placed: 1 });
    expect((await item(late)).roomId).toBe(extraRoom);
  });

  it('a broken tablet’s calls move to another room, and a room without a tablet takes none', async () => {
    const id = await approved(TODAY, '14:00');
    await outOfService(extraRoom, 0);
    await assignOn(TODAY);
    expect((await item(id)).roomId).toBe(b.ids.room);
    await setDeviceState(b.db, b.ids.device, { state: 'broken', reason: '摄像头', version: 0 });
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ moved: 0, unplaced: [id] });
    await setRoomState(b.db, extraRoom, { inService: true, reason: '', outUntil: null, version: 1 }, now());
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ placed: 1 });
    expect((await item(id)).roomId).toBe(extraRoom);
  });

  it('moves by hand stay where they were put; a taken or unusable room and a call that has begun are refused', async () => {
    const [one, two] = [await approved(TODAY, '14:00'), await approved(TODAY, '14:00', 'second')];
    await assignOn(TODAY);
    const rooms = await roomsOf(TODAY);
    const move = async (id: string, roomId: string) => moveByHand(doing, await item(id), roomId, b.ids.prison);
    await expect(move(one, rooms[two] ?? '')).rejects.toMatchObject({ code: 'wrong_state', fields: { roomId: /another call/ } });
    await expect(move(one, newId())).rejects.toMatchObject({ code: 'bad_request' });
    const third = newId();
    await b.db
      .withTables<{ rooms: object }>()
      .insertInto('rooms')
      .values({ id: third, prison_id: b.ids.prison, name: '会见室三' })
      .execute();
    await expect(move(one, third)).rejects.toMatchObject({ code: 'wrong_state', fields: { roomId: /cannot be used/ } });
    await registerDevice(b.db, { roomId: third, name: '平板三' }, '王科长', now());
    await move(one, third);
    expect(await item(one)).toMatchObject({ roomId: third, pinned: true });
    await assignOn(TODAY);
    expect(await item(one)).toMatchObject({ roomId: third, pinned: true });
    await unpin(doing, await item(one));
    expect(await item(one)).toMatchObject({ roomId: third, pinned: false });

    const call = (await item(one)).callId as never;
    b.clock.advance(4.9 * 3600_000);
    await applyEvent(b.db, call, { type: 'opened', at: now() }, SYSTEM_ACTOR);
    await applyEvent(b.db, call, { type: 'joined', party: 'inmate', at: now() }, SYSTEM_ACTOR);
    await expect(move(one, rooms[one] ?? '')).rejects.toMatchObject({ code: 'wrong_state', fields: { roomId: /has begun/ } });
  });

  it('a call that ended early frees its room', async () => {
    const id = await approved(TODAY, '14:00');
    await outOfService(extraRoom, 0);
    await assignOn(TODAY);
    const { callId } = await item(id);
    const second = await approved(TODAY, '14:00', 'second');
    expect(await assignOn(TODAY)).toMatchObject({ unplaced: [second] });
    b.clock.advance(4.9 * 3600_000);
    await applyEvent(b.db, callId as never, { type: 'opened', at: now() }, SYSTEM_ACTOR);
    await applyEvent(b.db, callId as never, { type: 'cutOff', note: '原因', at: now() }, b.byOfficer);
    await b.deliver();
    expect(await assignOn(TODAY)).toMatchObject({ unplaced: [], placed: 1 });
    expect((await item(second)).roomId).toBe(b.ids.room);
  });

  it('calls arranged without an appointment take rooms, and leave one that is out of service', async () => {
    const at = (time: string) => toInstant(new Date(`${TODAY}T${time}:00+08:00`));
    const slot = { startsAt: at('14:00'), endsAt: at('14:30') };
    const people = { inmateId: b.ids.otherInmate, familyId: b.ids.otherFamily, relation: '妻子' };
    const callId = await createCall(b.db, { prisonId: b.ids.prison, roomId: b.ids.room, ...people, ...slot }, b.byOfficer, now());
    const id = await approved(TODAY, '14:00');
    await assignOn(TODAY);
    expect(await roomsOf(TODAY)).toEqual({ [callId]: b.ids.room, [id]: extraRoom });
    await outOfService(b.ids.room, 0);
    // The other room is taken: it can only stay, and is told as one that needs a room.
    expect(await reassign(doing, b.ids.prison)).toMatchObject({ moved: 0, unplaced: [callId] });
    expect(await roomsOf(TODAY)).toEqual({ [callId]: b.ids.room, [id]: extraRoom });
  });

  it('what is approved for today or tomorrow gets its room by its message, later days get theirs the evening before', async () => {
    const dispatcher = new Dispatcher(b.db, { receivers: venueReceivers(b), clock: b.clock });
    const deliver = async () => {
      while (await dispatcher.deliverOne());
    };
    const [soon, later] = [await approved(TOMORROW, '09:00'), await approved('2026-11-24', '09:00')];
    await deliver();
    expect((await item(soon, TOMORROW)).roomId).not.toBeNull();
    expect((await item(later, '2026-11-24')).roomId).toBeNull();
    await assignEverywhere(b, { days: 3, signal: new AbortController().signal }, () => undefined);
    expect((await item(later, '2026-11-24')).roomId).not.toBeNull();
    await deliver();
    expect(await itemsOf(TOMORROW)).toHaveLength(1);
  });

  it('two runs at once give no room twice', async () => {
    for (const time of ['14:00']) await Promise.all([approved(TODAY, time), approved(TODAY, time, 'second')]);
    await Promise.all([assignOn(TODAY), assignOn(TODAY), assignOn(TODAY)]);
    const rooms = Object.values(await roomsOf(TODAY));
    expect(new Set(rooms).size).toBe(rooms.length);
    expect(rooms).not.toContain(null);
  });

  it('finds an item of another day too, and the tablet says whose it is', async () => {
    const id = await approved(TOMORROW, '09:30');
    const at = { prisonId: b.ids.prison, startsAt: toInstant(new Date(`${TOMORROW}T09:30:00+08:00`)) };
    expect(await findItem(b, id, at)).toMatchObject({ inmateName: '陈建国', familyName: '陈秀英', wardName: '一监区' });
    await expect(findItem(b, newId(), at)).rejects.toMatchObject({ code: 'not_found' });
    expect(await getDevice(b.db, b.ids.device)).toMatchObject({ roomName: '会见室', state: 'in_service' });
  });
});
