import { readFile } from 'node:fs/promises';
import type { CallId, PictureWarning } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { pictureStills, storeWarning, warningsOf } from '@qinqiao/domain/picture-warnings';
import { addTestPeople, DATABASES, type TestPeople } from '@qinqiao/domain/testing';
import { newId, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRestServer, type RestServer, type TestOfficer } from './rest-testing.ts';

describe.each(DATABASES)('picture warnings through REST on %s', (on) => {
  let server: RestServer;
  let people: TestPeople;
  let officer: TestOfficer;
  let stranger: TestOfficer;
  let callId: CallId;
  const warnings: PictureWarning[] = [];

  beforeAll(async () => {
    server = await openRestServer(on);
    const { db, dataDir, crypto } = server.store;
    people = await addTestPeople(db);
    const other = await addTestPeople(db);
    officer = await server.officer(people.ids.prison, 'supervisor', { kind: 'prisons', ids: [people.ids.prison] }, '李警官');
    stranger = await server.officer(other.ids.prison, 'supervisor', { kind: 'prisons', ids: [other.ids.prison] });
    const { prison, room, inmate, family } = people.ids;
    const slot = { startsAt: '2026-10-31T08:00:00.000Z', endsAt: '2026-10-31T08:30:00.000Z' };
    const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
    callId = await createCall(db, { ...who, ...slot }, SYSTEM_ACTOR, slot.startsAt);
    const kinds = ['several_people', 'several_people', 'unmasked'] as const;
    // The last one lies in November by the prison's calendar, though still in October by UTC.
    const instants = ['2026-10-31T08:01:00.000Z', '2026-10-31T08:02:00.000Z', '2026-10-31T16:30:00.000Z'];
    for (const [index, kind] of kinds.entries()) {
      const at = instants[index] ?? '';
      const id = newId(Date.parse(at));
      const party = kind === 'unmasked' ? 'inmate' : 'family';
      const times = { seenAt: at, raisedAt: at, atMs: 60_000 * (index + 1) };
      warnings.push({ id, callId, party, kind, people: 2, ...times, held: party === 'inmate', verdict: 'open' });
    }
    for (const warning of warnings) {
      await storeWarning(db, warning);
      await storeWarning(db, { ...warning, people: 9 });
    }
    await pictureStills(dataDir, crypto).write(warnings[0]?.id ?? '', Buffer.from('jpeg of the first'));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const ids = async (query: string) => {
    const { status, body } = await officer.as('GET', `/api/picture-warnings?${query}`);
    expect(status).toBe(200);
    return { ids: (body['items'] as { id: string }[]).map(({ id }) => id), next: body['next'] as string | null };
  };

  it('are listed by page, day, call, kind and verdict, the newest first, and only in the data scope', async () => {
    const [first, second, third] = warnings.map(({ id }) => id);
    expect(await ids('')).toEqual({ ids: [third, second, first], next: null });
    const page = await ids('limit=2');
    expect(page).toEqual({ ids: [third, second], next: second });
    expect(await ids(`limit=2&cursor=${page.next}`)).toEqual({ ids: [first], next: null });
    expect((await ids('kind=several_people')).ids).toEqual([second, first]);
    expect((await ids('to=2026-10-31')).ids).toEqual([second, first]);
    expect((await ids('from=2026-11-01')).ids).toEqual([third]);
    expect((await ids(`callId=${callId}&prisonId=${people.ids.prison}&verdict=open`)).ids).toHaveLength(3);
    const { body } = await officer.as('GET', `/api/picture-warnings?kind=unmasked`);
    expect((body['items'] as object[])[0]).toMatchObject({ inmateName: '陈建国', familyName: '陈秀英', people: 2, held: true });
    expect((await stranger.as('GET', '/api/picture-warnings')).body).toEqual({ items: [], next: null });
    expect((await officer.as('GET', '/api/picture-warnings?kind=smell')).status).toBe(400);
  });

  it('are judged, again and back, each time recorded; the months’ shares follow', async () => {
    const [first, second, third] = warnings.map(({ id }) => `/api/picture-warnings/${id}/verdict`);
    const judged = await officer.as('POST', first ?? '', { verdict: 'wrong' }, 'judge-warning-1');
    expect(judged).toMatchObject({ status: 200, body: { verdict: 'wrong', judgedByName: '李警官' } });
    expect((await officer.as('POST', first ?? '', { verdict: 'wrong' }, 'judge-warning-1')).body).toEqual(judged.body);
    await officer.as('POST', second ?? '', { verdict: 'right' });
    await officer.as('POST', third ?? '', { verdict: 'right' });
    expect((await officer.as('POST', third ?? '', { verdict: 'open' })).body).toMatchObject({ verdict: 'open', judgedByName: null });
    expect((await officer.as('POST', third ?? '', { verdict: 'maybe' })).status).toBe(400);
    expect((await stranger.as('POST', first ?? '', { verdict: 'right' })).status).toBe(404);
    const { body } = await officer.as('GET', '/api/picture-warning-counts?from=2026-09&to=2026-11');
    expect(body['items']).toEqual([
      { month: '2026-11', kind: 'unmasked', right: 0, wrong: 0, open: 1 },
      { month: '2026-10', kind: 'several_people', right: 1, wrong: 1, open: 0 },
    ]);
    expect((await stranger.as('GET', '/api/picture-warning-counts?from=2026-09&to=2026-11')).body).toEqual({ items: [] });
    expect((await warningsOf(server.store.db, callId)).map(({ verdict }) => verdict)).toEqual(['wrong', 'right', 'open']);
    const trail = server.store.db.withTables<{ audit: { action: string } }>().selectFrom('audit').select('action');
    const actions = (await trail.execute()).map(({ action }) => action);
    expect(actions.filter((action) => action === 'picture_warning.judge')).toHaveLength(4);
  });

  it('show their still to who may see them, each look recorded; it is not readable on the disk', async () => {
    const still = (id: string, { token }: TestOfficer) =>
      fetch(`${server.url}/api/picture-warnings/${id}/still`, { headers: { authorization: `Bearer ${token}` } });
    const [first, second] = warnings.map(({ id }) => id);
    const answer = await still(first ?? '', officer);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([200, 'image/jpeg', 'jpeg of the first']);
    expect((await still(second ?? '', officer)).status).toBe(404);
    expect((await still(first ?? '', stranger)).status).toBe(404);
    const stored = await readFile(`${server.store.dataDir}/picture-stills/${first}`, 'latin1');
    expect(stored).not.toContain('jpeg of');
    const trail = server.store.db.withTables<{ audit: { action: string } }>().selectFrom('audit').select('action');
    expect((await trail.where('action', '=', 'picture_warning.view').execute()).length).toBe(1);
  });

  it('of a call that is not known are refused', async () => {
    const lost = { ...(warnings[0] as PictureWarning), id: newId(), callId: newId() as CallId };
    await expect(storeWarning(server.store.db, lost)).rejects.toMatchObject({ code: 'not_found' });
  });
});
