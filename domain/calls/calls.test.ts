import { type Actor, type Db, FakeClock, SYSTEM_ACTOR, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import {
  applyEvent,
  createCall,
  findCall,
  listCallEvents,
  listCalls,
  replay,
  sessionEvents,
  storeIncident,
  storeNotice,
  storeScreenshot,
} from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
let people: TestPeople;
const clock = new FakeClock();
const officer: Actor = { role: 'officer', id: 'o1', name: '张警官' };
const at = (minutes = 0) => toInstant(clock.now().getTime() + minutes * 60_000);

const book = (start: number, end: number) => {
  const { prison, room, inmate, family } = people.ids;
  const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
  return createCall(db, { ...who, startsAt: at(start), endsAt: at(end) }, officer, at());
};

describe.each(DATABASES)('calls in the store on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ({ db } = store);
    people = await addTestPeople(db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('keeps every event with its actor, and the session they led to', async () => {
    const id = await book(0, 20);
    await applyEvent(db, id, { type: 'opened', at: at() }, SYSTEM_ACTOR);
    await applyEvent(db, id, { type: 'begun', at: at() }, SYSTEM_ACTOR);
    await applyEvent(db, id, { type: 'joined', party: 'family', at: at() }, { role: 'family', id: 'f', name: '陈秀英' });
    await applyEvent(db, id, { type: 'cutOff', note: '原因', at: at(1) }, officer);
    const events = await listCallEvents(db, id, -1, 100);
    expect(events.map((event) => event.kind)).toEqual(['created', 'opened', 'begun', 'joined', 'cutOff']);
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2, 3, 4]);
    expect(events[4]).toMatchObject({ actorName: '张警官', detail: { note: '原因' } });
    const call = await findCall(db, id);
    expect(call?.session).toEqual(replay({ startsAt: at(0), endsAt: at(20) }, sessionEvents(events)));
    expect(call).toMatchObject({ inmateName: '陈建国', wardName: '一监区', roomName: '会见室', session: { endReason: 'cut_off' } });
    expect(await verifyAudit(db)).toBeNull();
  });

  it('refuses what makes no sense and stores nothing of it', async () => {
    const id = await book(0, 20);
    await expect(applyEvent(db, id, { type: 'joined', party: 'family', at: at() }, SYSTEM_ACTOR)).rejects.toMatchObject({
      code: 'call_not_open',
    });
    await expect(applyEvent(db, 'nowhere' as never, { type: 'opened', at: at() }, SYSTEM_ACTOR)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await listCallEvents(db, id, -1, 10)).toHaveLength(1);
  });

  it('does not let an officer act when the act cannot be audited', async () => {
    const id = await book(0, 20);
    await applyEvent(db, id, { type: 'opened', at: at() }, SYSTEM_ACTOR);
    await db.schema.dropTable('audit').execute();
    await expect(applyEvent(db, id, { type: 'cutOff', note: 'x', at: at() }, officer)).rejects.toMatchObject({ code: 'audit_failed' });
    await expect(storeNotice(db, id, { id: 'n', at: at(), text: 'x' }, officer)).rejects.toMatchObject({ code: 'audit_failed' });
    expect((await findCall(db, id))?.session.state).toBe('open');
    expect(await listCallEvents(db, id, -1, 10)).toHaveLength(2);
  });

  it('keeps screenshots with who took them and when, up to what a person takes', async () => {
    const id = await book(0, 20);
    const family: Actor = { role: 'family', id: 'f', name: '陈秀英' };
    await storeScreenshot(db, id, family, at(3));
    expect((await listCallEvents(db, id, -1, 10)).at(-1)).toMatchObject({ kind: 'screenshot', at: at(3), actorName: '陈秀英' });
    for (let i = 1; i < 100; i++) await storeScreenshot(db, id, family, at(3));
    await expect(storeScreenshot(db, id, family, at(4))).rejects.toMatchObject({ code: 'too_many_requests' });
  });

  it('books no room, inmate or family twice, also when asked twenty times at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => book(0, 20)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    await expect(book(19, 30)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(book(20, 30)).resolves.toBeTypeOf('string');
  });

  it('stores events that come at once one after the other, and none of them twice', async () => {
    const id = await book(0, 20);
    await applyEvent(db, id, { type: 'opened', at: at() }, SYSTEM_ACTOR);
    const cuts = Array.from({ length: 6 }, () => applyEvent(db, id, { type: 'cutOff', note: 'x', at: at() }, officer));
    const incidents = Array.from({ length: 6 }, (_, i) => storeIncident(db, id, 'watched', { i }, officer, at()));
    const outcomes = (await Promise.allSettled([...cuts, ...incidents])).map(({ status }) => status);
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(7);
    const events = await listCallEvents(db, id, -1, 100);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 9 }, (_, i) => i));
    expect(events.filter(({ kind }) => kind === 'cutOff')).toHaveLength(1);
    expect(await verifyAudit(db)).toBeNull();
  });

  it('pages by key without losing or repeating a call', async () => {
    for (let i = 0; i < 7; i++) await book(i * 30, i * 30 + 20);
    for (const order of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listCalls(db, { prisonId: people.ids.prison, order, limit: 3, ...(cursor ? { cursor } : {}) });
        seen.push(...page.items.map((call) => call.session.startsAt));
        cursor = page.next ?? undefined;
      } while (cursor);
      const expected = Array.from({ length: 7 }, (_, i) => at(i * 30));
      expect(seen).toEqual(order === 'asc' ? expected : expected.toReversed());
    }
  });
});
