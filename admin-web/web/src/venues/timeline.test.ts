import type { BoardItem, VenueRoomView } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { axisOf, clashOf, forbids, hoursOf, lookOf, shareOf, waitingOf } from './timeline.ts';

const DAY = '2026-11-30T16:00:00.000Z';
const at = (time: string) => new Date(`2026-12-01T${time}:00.000+08:00`).toISOString();
const item = (id: string, from: string, to: string, more: Partial<BoardItem> = {}): BoardItem => ({
  id,
  appointmentId: id,
  callId: null,
  kind: 'video',
  roomId: 'r1',
  startsAt: at(from),
  endsAt: at(to),
  state: 'approved',
  callState: 'scheduled',
  pinned: false,
  movable: true,
  people: { inmateName: '甲', inmateNumber: '1', wardId: 'w', wardName: '一', familyName: '乙', relation: '母亲' },
  parties: null,
  ...more,
});
const device = { id: 'd', name: '平板', state: 'in_service' as const, seenAt: null, online: false, battery: null };
const room = (id: string, more: Partial<VenueRoomView> = {}): VenueRoomView => ({
  id,
  prisonId: 'p',
  name: id,
  inService: true,
  reason: '',
  outUntil: null,
  kinds: ['video', 'visit'],
  wardIds: [],
  sort: 0,
  version: 0,
  devices: [device],
  ...more,
});

it('the axis holds the working day and all that lies outside of it', () => {
  expect(hoursOf(axisOf(DAY, []))).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
  const axis = axisOf(DAY, [item('a', '07:30', '08:00'), item('b', '19:00', '19:20')]);
  expect([axis.fromMinute, axis.toMinute]).toEqual([7 * 60, 20 * 60]);
  expect(shareOf(axisOf(DAY, []), Date.parse(at('13:00')))).toBe(0.5);
});

it('says what stands against a room', () => {
  const dragged = item('a', '09:00', '09:30', { roomId: null });
  const clash = (more: Partial<VenueRoomView>, items: BoardItem[] = []) => clashOf(dragged, room('r1', more), items, 5);
  expect(clash({})).toBeNull();
  expect(clash({ inService: false, reason: '漏水' })).toEqual({ kind: 'outOfService', reason: '漏水' });
  expect(clash({ inService: false, reason: '漏水', outUntil: at('08:30') })).toBeNull();
  expect(clash({ kinds: ['visit'] })).toEqual({ kind: 'notFor', use: 'video' });
  expect(clash({ devices: [{ ...device, state: 'broken' }] })).toEqual({ kind: 'noTablet' });
  expect(clash({}, [item('b', '09:20', '09:40')])).toMatchObject({ kind: 'taken', by: { id: 'b' } });
  expect(clash({}, [item('b', '09:20', '09:40', { callState: 'ended' })])).toBeNull();
  const close = clash({}, [item('b', '09:30', '10:00')]);
  expect([close?.kind, forbids(close)]).toEqual(['close', false]);
  expect(clash({}, [item('b', '09:35', '10:00')])).toBeNull();
});

it('finds the calls that wait for a room', () => {
  const rooms = [room('r1'), room('r2', { inService: false })];
  const items = [item('a', '09:00', '09:30', { roomId: null }), item('b', '09:00', '09:30'), item('c', '09:00', '09:30', { roomId: 'r2' })];
  const gone = item('d', '08:00', '08:30', { roomId: null, state: 'missed' });
  const inside = item('e', '09:00', '09:30', { roomId: 'r2', movable: false, callState: 'live' });
  expect(waitingOf([...items, gone, inside], rooms).map(({ id }) => id)).toEqual(['a', 'c']);
});

it('shows what is going on', () => {
  expect(lookOf(item('a', '09:00', '09:30', { callState: 'live' }))).toBe('live');
  expect(lookOf(item('a', '09:00', '09:30', { people: null }))).toBe('foreign');
  expect(lookOf(item('a', '09:00', '09:30', { kind: 'visit', callState: null }))).toBe('visit');
  expect(lookOf(item('a', '09:00', '09:30', { callState: 'ended' }))).toBe('over');
});
