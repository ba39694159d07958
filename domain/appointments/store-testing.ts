import { type CallRuleContent, DEFAULT_CALL_RULE, type SlotPlanContent, TreatmentLevel } from '@qinqiao/contracts';
import { type Actor, FakeClock, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { publish, type RoleHolders, saveDraft } from '../approvals/index.ts';
import { approvalNode, chain } from '../approvals/testing.ts';
import { addRoom } from '../organisation/index.ts';
import { Dispatcher } from '../outbox/index.ts';
import { addFamily, addInmate, addKinship } from '../people/index.ts';
import { saveCallRule } from '../quotas/index.ts';
import { addSlotPlan } from '../slots/index.ts';
import { addTestPeople, type Database, openTestStore } from '../testing.ts';
import type { BookingDeps, Companion } from './deps.ts';
import { appointmentReceivers } from './receivers.ts';

/** Saturday 21 November 2026, 09:00 in the prison. */
export const START = '2026-11-21T01:00:00.000Z';

/** Slots of half an hour on each day of the week, in one place each. */
export const EVERY_DAY: SlotPlanContent = {
  name: '每日视频会见',
  kind: 'video',
  days: { kind: 'week', days: [1, 2, 3, 4, 5, 6, 7] },
  times: [
    { from: '09:00', to: '09:30' },
    { from: '09:30', to: '10:00' },
    { from: '14:00', to: '14:30' },
  ],
  capacity: 2,
  validFrom: '2026-01-01',
  validUntil: null,
  onHolidays: true,
  aheadDays: 30,
  noticeMinutes: 60,
  enabled: true,
};

/** A prison in which everything can be booked: people, rooms, slots, approval flows, and what delivers messages. */
export async function openBookings(on: Database = 'sqlite') {
  const store = await openTestStore({ on });
  const { db, crypto } = store;
  const people = await addTestPeople(db);
  const { prison, ward, officer, inmate, family } = people.ids;
  const others = { inmate: newId(), family: newId(), room: newId() };
  await addInmate(db, { id: others.inmate, prison_id: prison, ward_id: ward, number: `n-${others.inmate}`, name: '李大山' });
  await addFamily(db, crypto, { id: others.family, prison_id: prison, name: '李秀兰', phone: `p-${others.family}`, password_hash: 'none' });
  await addKinship(db, { family_id: others.family, inmate_id: others.inmate, relation: '妻子' });
  await addRoom(db, { id: others.room, prison_id: prison, name: '会见室二' });
  const clock = new FakeClock(START);
  const holders: RoleHolders = (_db, _prison, role) => Promise.resolve(role === 'ward' ? [officer] : []);
  const byOfficer: Actor = { role: 'officer', id: officer, name: '张警官' };
  const now = () => toInstant(clock.now());
  for (const type of ['call', 'visit', 'extra_call'] as const) {
    const draft = { prisonId: prison, type, name: '审批', definition: chain(approvalNode('ward')), revision: null };
    const ref = await saveDraft(db, draft, SYSTEM_ACTOR, now());
    await publish(db, holders, ref, SYSTEM_ACTOR, now());
  }
  const plan = await addSlotPlan(db, prison, EVERY_DAY);
  const companions: Companion[] = [];
  const refused = new Set<string>();
  const deps: BookingDeps = {
    db,
    clock,
    holders,
    admission: {
      findAllowed: (_db, { familyId }) => Promise.resolve(refused.has(familyId) ? undefined : { id: familyId }),
      findCompanions: (_db, _family, ids) => Promise.resolve(companions.filter(({ id }) => ids.includes(id))),
    },
  };
  const byFamily: Actor = { role: 'family', id: family, name: '陈秀英' };
  const booker = { actor: byFamily, holder: { role: 'family', id: family } };
  const dispatcher = new Dispatcher(db, { receivers: appointmentReceivers(deps), clock });
  const setRule = async (change: Partial<CallRuleContent>) => {
    for (const level of TreatmentLevel.options) {
      const rule = { prisonId: prison, level, content: { ...DEFAULT_CALL_RULE, ...change }, version: 0 };
      await saveCallRule(db, rule, now());
    }
  };
  return {
    ...store,
    ids: { ...people.ids, otherInmate: others.inmate, otherFamily: others.family, otherRoom: others.room },
    clock,
    deps,
    plan,
    companions,
    /** Families that are on no allowlist. */
    refused,
    byOfficer,
    byFamily,
    booker,
    setRule,
    /** The slot of a local day and time, 09:30. */
    slot: (day: string, time = '09:00', planId = plan.id) =>
      `${planId}@${new Date(`${day}T${time}:00.000+08:00`).toISOString().slice(0, 16)}Z`,
    request: (slotId: string) => ({ slotId, inmateId: inmate, familyId: family, companionIds: [] as string[] }),
    /** Delivers all messages that wait. */
    deliver: async () => {
      while (await dispatcher.deliverOne());
    },
  };
}
export type TestBookings = Awaited<ReturnType<typeof openBookings>>;

/** So many inmates, each with a family member who may visit him. */
export async function addCrowd({ db, crypto, ids }: TestBookings, size: number): Promise<{ inmateId: string; familyId: string }[]> {
  const crowd = Array.from({ length: size }, () => ({ inmateId: newId(), familyId: newId() }));
  for (const { inmateId, familyId } of crowd) {
    await addInmate(db, { id: inmateId, prison_id: ids.prison, ward_id: ids.ward, number: `n-${inmateId}`, name: '王某' });
    await addFamily(db, crypto, { id: familyId, prison_id: ids.prison, name: '王家属', phone: `p-${familyId}`, password_hash: 'none' });
    await addKinship(db, { family_id: familyId, inmate_id: inmateId, relation: '母亲' });
  }
  return crowd;
}
