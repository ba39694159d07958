import type { CallId } from '@qinqiao/contracts';
import { callCountTransfer, callRecordTransfer } from '@qinqiao/domain/call-records';
import { applyEvent, createCall } from '@qinqiao/domain/calls';
import { SEES_ALL } from '@qinqiao/domain/scope';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import type { TransferKind } from '@qinqiao/domain/transfers';
import { SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

const MINUTE_MS = 60_000;

describe.each(DATABASES)('records of calls through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let officer: TestOfficer;
  let stranger: TestOfficer;
  const ids: CallId[] = [];

  beforeAll(async () => {
    server = await openRestServer(on);
    people = await addTestPeople(server.store.db);
    const other = await addTestPeople(server.store.db);
    officer = await server.officer(people.ids.prison, 'supervisor', { kind: 'prisons', ids: [people.ids.prison] });
    stranger = await server.officer(other.ids.prison, 'supervisor', { kind: 'prisons', ids: [other.ids.prison] });
    // The second is on the 2nd of November by the prison's calendar, though still on the 1st by UTC.
    ids.push(await held('2026-11-01T02:00:00.000Z', 12, 'time_up'));
    ids.push(await held('2026-11-01T16:30:00.000Z', 7, 'storage_full'));
    ids.push(await held('2026-11-03T02:00:00.000Z', 0, 'nobody_came'));
    await book('2027-01-01T02:00:00.000Z');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function book(startsAt: string): Promise<CallId> {
    const { prison, room, inmate, family } = people.ids;
    const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
    const slot = { startsAt, endsAt: toInstant(Date.parse(startsAt) + 30 * MINUTE_MS) };
    return createCall(server.store.db, { ...who, ...slot }, SYSTEM_ACTOR, startsAt);
  }

  /** A call in which both were seen for so many minutes. */
  async function held(startsAt: string, minutes: number, reason: 'time_up' | 'storage_full' | 'nobody_came'): Promise<CallId> {
    const { db } = server.store;
    const id = await book(startsAt);
    const at = (after: number) => toInstant(Date.parse(startsAt) + after * MINUTE_MS);
    await applyEvent(db, id, { type: 'opened', at: at(0) }, SYSTEM_ACTOR);
    await applyEvent(db, id, { type: 'begun', at: at(0) }, SYSTEM_ACTOR);
    for (const party of minutes > 0 ? (['inmate', 'family'] as const) : []) {
      await applyEvent(db, id, { type: 'joined', party, at: at(1) }, SYSTEM_ACTOR);
      await applyEvent(db, id, { type: 'mediaStarted', party, at: at(1) }, SYSTEM_ACTOR);
    }
    await applyEvent(db, id, { type: 'ended', reason, at: at(1 + minutes) }, SYSTEM_ACTOR);
    return id;
  }

  const list = async (query = '') => {
    const { status, body } = await officer.as('GET', `/api/call-records?${query}`);
    expect(status).toBe(200);
    return { ids: (body['items'] as { id: string }[]).map(({ id }) => id), next: body['next'] as string | null };
  };

  it('are those that are over, the latest first, page by page, and nobody else’s', async () => {
    const [first, second, third] = ids;
    expect((await list()).ids).toEqual([third, second, first]);
    const page = await list('limit=2');
    expect(page.ids).toEqual([third, second]);
    expect(await list(`limit=2&cursor=${page.next}`)).toEqual({ ids: [first], next: null });
    expect((await stranger.as('GET', '/api/call-records')).body).toEqual({ items: [], next: null });
    expect((await officer.as('GET', '/api/call-records?cursor=x')).status).toBe(400);
  });

  it('are found by ward, day, person, how they ended and whether the two met', async () => {
    const [first, second, third] = ids;
    expect((await list(`wardId=${people.ids.ward}&to=2026-11-01`)).ids).toEqual([first]);
    expect((await list('from=2026-11-02&to=2026-11-02')).ids).toEqual([second]);
    expect((await list('wardId=elsewhere')).ids).toEqual([]);
    expect((await list('endReason=storage_full')).ids).toEqual([second]);
    expect((await list('met=false')).ids).toEqual([third]);
    expect((await list(`text=${encodeURIComponent('陈秀')}&met=true`)).ids).toEqual([second, first]);
    expect((await list(`text=${people.keys.number}`)).ids).toHaveLength(3);
    expect((await list('text=nobody')).ids).toEqual([]);
    expect((await officer.as('GET', '/api/call-records?endReason=smell')).status).toBe(400);
  });

  it('say how long the two saw each other and what became of it', async () => {
    const { body } = await officer.as('GET', '/api/call-records?endReason=time_up');
    expect((body['items'] as object[])[0]).toMatchObject({
      talkedMs: 12 * MINUTE_MS,
      inmateName: '陈建国',
      bucket: 'ordinary',
      screenshots: 0,
      heard: 0,
      relistened: false,
    });
  });

  it('are counted by inmate, within days', async () => {
    const counts = async (query: string) => {
      const { body } = await officer.as('GET', `/api/call-counts?${query}`);
      return body['items'] as object[];
    };
    const all = {
      inmateId: people.ids.inmate,
      calls: 2,
      ordinary: 2,
      extra: 0,
      special: 0,
      minutes: 19,
      lastAt: '2026-11-01T16:30:00.000Z',
    };
    expect(await counts('')).toEqual([expect.objectContaining(all)]);
    expect(await counts('from=2026-11-02')).toEqual([expect.objectContaining({ calls: 1, minutes: 7 })]);
    expect(await counts('from=2026-12-01')).toEqual([expect.objectContaining({ calls: 0, minutes: 0, lastAt: null })]);
    expect((await stranger.as('GET', '/api/call-counts')).body['items']).not.toContainEqual(
      expect.objectContaining({ inmateId: people.ids.inmate }),
    );
  });

  it('go out as workbooks, to those who may', async () => {
    const kinds = (await officer.as('GET', '/api/transfers/kinds')).body['items'] as { kind: string; canExport: boolean }[];
    expect(kinds.filter(({ kind }) => kind.startsWith('call-')).map(({ canExport }) => canExport)).toEqual([true, true]);
    const { db, crypto } = server.store;
    const rows = async (kind: TransferKind, filter: Record<string, string>) => {
      const all: string[][] = [];
      for await (const page of kind.exporter?.({ db, crypto, seen: SEES_ALL, filter, clear: false }) ?? []) all.push(...page);
      return all;
    };
    const [first, ...others] = await rows(callRecordTransfer, { met: 'true' });
    expect(others).toHaveLength(1);
    expect(first).toHaveLength(callRecordTransfer.columns.length);
    expect(first).toEqual(expect.arrayContaining(['陈建国', '2026-11-02 00:30', '420', '存储空间不足', '普通', '否']));
    expect((await rows(callCountTransfer, {})).find((cells) => cells.includes(people.keys.number))).toEqual(
      expect.arrayContaining(['2', '19', '2026-11-02 00:30']),
    );
  });
});
