import type { CallId, ParticipantId, WordAlert } from '@qinqiao/contracts';
import { type Actor, type Db, FakeClock, toInstant } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { searchAudit } from '../audit/index.ts';
import { createCall } from '../calls/index.ts';
import { storeSeenBy } from '../index.ts';
import { addTestPeople, DATABASES, openTestStore } from '../testing.ts';
import { saveAlerts, settleAlerts } from '../words/index.ts';
import { acknowledgeAlerts, escalateAlerts, getWordAlert, judgeAlert, listDutyAlerts, listWordAlerts, readWall } from './index.ts';

const clock = new FakeClock(new Date('2026-11-21T02:00:00.000Z'));
const WANG: Actor = { role: 'officer', id: 'o1', name: '王警官' };
const LI: Actor = { role: 'officer', id: 'o2', name: '李警官' };
const now = () => toInstant(clock.now());

async function scene(on: (typeof DATABASES)[number]) {
  const store = await openTestStore({ on });
  const { ids } = await addTestPeople(store.db);
  const slot = { startsAt: now(), endsAt: toInstant(clock.now().getTime() + 1_200_000) };
  const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const callId = await createCall(store.db, { ...who, ...slot }, WANG, now());
  const raise = (id: string, level: number, more: Partial<WordAlert> = {}) => raiseIn(store.db, callId, id, level, more);
  return { store, db: store.db, callId, ids, raise, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

async function raiseIn(db: Db, callId: CallId, id: string, level: number, more: Partial<WordAlert>): Promise<WordAlert> {
  const alert: WordAlert = {
    id,
    callId,
    segmentId: `s-${id}`,
    participantId: 'p1' as ParticipantId,
    speaker: 'inmate',
    word: '越狱',
    wordId: 'w1',
    category: 'escape',
    note: '',
    match: 'exact',
    level,
    offset: 0,
    length: 2,
    atMs: 1000,
    heardAt: now(),
    raisedAt: now(),
    state: 'provisional',
    ...more,
  };
  await saveAlerts(db, [alert]);
  return alert;
}

describe.each(DATABASES)('alerts of words on %s', (on) => {
  it('wait on the duty list from a level on, until somebody acknowledges them by name', async () => {
    await using s = await scene(on);
    await s.raise('a1', 1);
    await s.raise('a2', 2);
    await s.raise('a3', 3);
    const duty = async () => (await listDutyAlerts(s.db, 2)).items.map(({ id, inmateName, running }) => `${id} ${inmateName} ${running}`);
    const { inmateName } = await getWordAlert(s.db, 'a3');
    expect(await duty()).toEqual([`a3 ${inmateName} false`, `a2 ${inmateName} false`]);
    expect(await acknowledgeAlerts(s.db, ['a3'], WANG, now())).toMatchObject([{ id: 'a3', open: false, ackedByName: '王警官' }]);
    // Another officer comes second: it stays the first one's.
    clock.advance(1000);
    expect(await acknowledgeAlerts(s.db, ['a3', 'a2'], LI, now())).toMatchObject([{ ackedByName: '李警官' }, { ackedByName: '王警官' }]);
    expect(await duty()).toEqual([]);
    const { items } = await searchAudit(s.db, { action: 'word_alert.acknowledge' }, { limit: 10 });
    expect(items.map(({ actor_name, subject_id }) => `${actor_name} ${subject_id}`)).toEqual(['李警官 a2', '王警官 a3']);
    await expect(acknowledgeAlerts(s.db, ['a1', 'nobody'], WANG, now())).rejects.toMatchObject({ code: 'not_found' });
    expect(await getWordAlert(s.db, 'a1')).toMatchObject({ open: true });
  });

  it('that the final text does not hold, and such as come from a recording, ask for no reaction', async () => {
    await using s = await scene(on);
    const alert = await s.raise('a1', 3);
    await saveAlerts(s.db, [{ ...alert, state: 'unconfirmed' }]);
    await saveAlerts(s.db, [{ ...alert, id: 'a2', state: 'confirmed' }], { live: false });
    expect((await listDutyAlerts(s.db, 1)).total).toBe(0);
    expect((await listWordAlerts(s.db, { limit: 10 })).items.map(({ id, state, live }) => `${id} ${state} ${live}`)).toEqual([
      'a2 confirmed false',
      'a1 unconfirmed true',
    ]);
    // What a crash left provisional likewise.
    // What only sounded like the word, and then was the word itself.
    await s.raise('a4', 2, { match: 'homophone' });
    await s.raise('a4', 3, { state: 'confirmed' });
    expect((await listDutyAlerts(s.db, 3)).items.map(({ id }) => id)).toEqual(['a4']);
    await acknowledgeAlerts(s.db, ['a4'], WANG, now());
    await s.raise('a4', 3, { state: 'confirmed' });
    expect((await listDutyAlerts(s.db, 1)).total).toBe(0);
    await s.raise('a3', 3);
    await settleAlerts(s.db, ['s-a3']);
    expect((await listDutyAlerts(s.db, 1)).total).toBe(0);
  });

  it('that nobody acknowledges in time are escalated once, those below the level never', async () => {
    await using s = await scene(on);
    await s.raise('a1', 1);
    await s.raise('a2', 2);
    const look = () => escalateAlerts(s.db, { level: 2, afterMs: 60_000, now: clock.now() });
    clock.advance(59_000);
    expect(await look()).toBe(0);
    clock.advance(1000);
    expect((await Promise.all([look(), look()])).reduce((sum, count) => sum + count)).toBe(1);
    expect(await look()).toBe(0);
    // From now on it is everybody's, whatever the level of the list.
    expect((await listDutyAlerts(s.db, 3)).items.map(({ id }) => id)).toEqual(['a2']);
    expect((await searchAudit(s.db, { action: 'word_alert.escalate' }, { limit: 10 })).items).toHaveLength(1);
    await acknowledgeAlerts(s.db, ['a2'], WANG, now());
    expect((await listDutyAlerts(s.db, 3)).items).toEqual([]);
    expect((await listWordAlerts(s.db, { escalated: true, limit: 10 })).items).toHaveLength(1);
  });

  it('are judged right or wrong, also anew; judging is having seen them', async () => {
    await using s = await scene(on);
    await s.raise('a1', 2);
    await judgeAlert(s.db, { id: 'a1', verdict: 'wrong', note: '说的是粤语' }, LI, now());
    expect(await getWordAlert(s.db, 'a1')).toMatchObject({ verdict: 'wrong', judgeNote: '说的是粤语', open: false, ackedByName: '李警官' });
    await judgeAlert(s.db, { id: 'a1', verdict: 'open', note: '' }, LI, now());
    expect(await getWordAlert(s.db, 'a1')).toMatchObject({ verdict: 'open', judgedByName: null, ackedByName: '李警官' });
    // Heard again, what officers made of it stays.
    await s.raise('a1', 2, { state: 'confirmed' });
    expect(await getWordAlert(s.db, 'a1')).toMatchObject({ state: 'confirmed', ackedByName: '李警官' });
  });

  it('are paged and filtered, and seen in their data scope only', async () => {
    await using s = await scene(on);
    for (let index = 0; index < 5; index++) {
      await s.raise(`a${index}`, 1 + (index % 3), { word: index % 2 ? '毒品' : '越狱' });
      clock.advance(1000);
    }
    const first = await listWordAlerts(s.db, { limit: 3 });
    const second = await listWordAlerts(s.db, { limit: 3, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['a4', 'a3', 'a2', 'a1', 'a0']);
    expect(second.next).toBeNull();
    expect((await listWordAlerts(s.db, { word: '毒品', level: 2, limit: 9 })).items.map(({ id }) => id)).toEqual(['a1']);
    await expect(listWordAlerts(s.db, { cursor: 'x', limit: 9 })).rejects.toMatchObject({ code: 'bad_request' });
    const nobody = { all: false, prisons: ['elsewhere'], wards: [], partly: [], own: null };
    expect((await listWordAlerts(storeSeenBy(s.db, nobody), { limit: 9 })).items).toEqual([]);
    await expect(acknowledgeAlerts(storeSeenBy(s.db, nobody), ['a1'], WANG, now())).rejects.toMatchObject({ code: 'not_found' });
    const own = { ...nobody, prisons: [s.ids.prison] };
    expect((await listWordAlerts(storeSeenBy(s.db, own), { limit: 9 })).items).toHaveLength(5);
  });

  it('stand on the wall with the calls that go on', async () => {
    await using s = await scene(on);
    expect((await readWall(s.db)).items).toEqual([]);
    await s.db
      .withTables<{ calls: { id: string; state: string } }>()
      .updateTable('calls')
      .set({ state: 'open' })
      .where('id', '=', s.callId)
      .execute();
    await s.raise('a1', 1);
    await s.raise('a2', 3, { word: '毒品' });
    const wall = await readWall(s.db);
    expect(wall.items).toMatchObject([
      { callId: s.callId, state: 'open', openAlerts: 2, alerts: [{ word: '毒品', level: 3 }, { word: '越狱' }] },
    ]);
  });
});
