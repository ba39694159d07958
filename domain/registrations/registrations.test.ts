import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAllowed } from '../allowlist/index.ts';
import { addPaper, AttachmentFiles, deletePaper, readPaper } from '../attachments/index.ts';
import { loginFamily } from '../identity/index.ts';
import { listMessages } from '../messages/index.ts';
import { addFamily, findFamilyCard, findRelation, listFamilyInmates } from '../people/index.ts';
import { setParameter } from '../settings/index.ts';
import { DATABASES } from '../testing.ts';
import {
  addCompanion,
  addYears,
  cityIdentity,
  endLink,
  findCompanions,
  isMinor,
  listLinks,
  listOwnCompanions,
  listOwnLinks,
  localIdentity,
  register,
  requestLink,
  resubmitCompanion,
  resubmitLink,
  WechatIdentity,
  withdrawLink,
} from './index.ts';
import { type FamilyServices, openFamilyServices, testIdNumber } from './testing.ts';
import { wrongKinPrisons } from '../people/kin-prisons-testing.ts';

let s: FamilyServices;
const identity = localIdentity(() => '2026-11-21');
const PERSON = { name: '周桂兰', idNumber: testIdNumber('1960-05-04'), phone: '13911112222', password: 'abc12345', agreed: true as const };
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const link = (change = {}) => ({
  prisonId: s.ids.prison,
  inmateNumber: s.keys.number,
  inmateName: '陈建国',
  relation: 'mother',
  note: '',
  paperIds: [] as string[],
  ...change,
});
const fieldOf = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: { fields?: Record<string, string> }) => Object.keys(error.fields ?? {})[0],
  );
const newcomer = async () => {
  const { id, name } = await register({ ...s, identity, now: s.clock.now() }, PERSON);
  return { id, applying: s.family(id, name) };
};

describe.each(DATABASES)('registrations on %s', (on) => {
  beforeEach(async () => {
    s = await openFamilyServices(on);
  });
  afterEach(async () => {
    await using ended = s;
    expect(await wrongKinPrisons(ended.db)).toEqual([]);
  });

  it('makes an account that can log in at once and is linked to nobody', async () => {
    const { id } = await newcomer();
    const login = await loginFamily(s.db, s.crypto, s.clock, PERSON);
    expect([login.subjectId, await listFamilyInmates(s.db, id)]).toEqual([id, []]);
    expect(await findFamilyCard(s.db, id)).toMatchObject({
      prisonId: null,
      phone: '139****2222',
      idNumber: '3101**********' + PERSON.idNumber.slice(-4),
    });
  });

  it('refuses a number that is taken, one of somebody under age, and one a prison has entered', async () => {
    await newcomer();
    const again = (change: Partial<typeof PERSON>) => fieldOf(register({ ...s, identity, now: s.clock.now() }, { ...PERSON, ...change }));
    expect(await again({ idNumber: testIdNumber('1961-01-01') })).toBe('phone');
    expect(await again({ phone: '13911113333' })).toBe('idNumber');
    expect(await again({ phone: '13911113333', idNumber: testIdNumber('2010-01-01') })).toBe('idNumber');
    const entered = testIdNumber('1955-02-02');
    await addFamily(s.db, s.crypto, { id: 'entered', name: '吴玉珍', phone: '13911114444', password_hash: '', idNumber: entered });
    expect(await again({ name: '吴玉珍', idNumber: entered, phone: '13911114444' })).toBe('idNumber');
    // A provider that vouches for the person opens the account the prison entered.
    const vouching = { ...identity, prove: () => Promise.resolve({ reference: 'x', face: 'match' as const, vouched: true }) };
    const opened = await register(
      { ...s, identity: vouching, now: s.clock.now() },
      { ...PERSON, name: '吴玉珍', idNumber: entered, phone: '13911114444' },
    );
    expect(opened.id).toBe('entered');
  });

  it('links an inmate when the prison approves, with an entry on the allowlist, once', async () => {
    const { id, applying } = await newcomer();
    const asked = await requestLink(applying, link());
    expect(asked).toMatchObject({ state: 'pending', relation: { code: 'mother' } });
    expect(await findRelation(s.db, id, s.ids.inmate)).toBeUndefined();
    const caseId = await s.decide(asked.id);
    // Told again, nothing happens again.
    const again = { key: 'x', topic: 'approval.approved', attempt: 2, createdAt: s.at() };
    const payload = { caseId, prisonId: s.ids.prison, at: s.at(), subject: { kind: 'kinship', id: asked.id } };
    await s.receivers['approval.approved']?.({ ...again, payload });
    expect(await findRelation(s.db, id, s.ids.inmate)).toBe('母亲');
    expect(await findFamilyCard(s.db, id)).toMatchObject({ prisonId: s.ids.prison });
    const at = toInstant(s.clock.now());
    expect(await findAllowed(s.db, { familyId: id, inmateId: s.ids.inmate, kind: 'video', at })).toBeDefined();
    const later = toInstant(new Date('2027-12-01'));
    expect(await findAllowed(s.db, { familyId: id, inmateId: s.ids.inmate, kind: 'video', at: later })).toBeUndefined();
    expect((await listMessages(s.db, id, { limit: 20 })).items).toMatchObject([{ title: { zh: '绑定申请已通过' }, link: 'inmates' }]);
    expect(await fieldOf(requestLink(applying, link()))).toBe('inmateNumber');
  });

  it('leaves the allowlist alone where the installation wants an application of its own', async () => {
    await setParameter(s.db, { key: 'allowlist.withLink', value: 'no', version: 0 }, s.officer().actor, s.at());
    const { id, applying } = await newcomer();
    await s.decide((await requestLink(applying, link())).id);
    expect(await findRelation(s.db, id, s.ids.inmate)).toBe('母亲');
    expect(await findAllowed(s.db, { familyId: id, inmateId: s.ids.inmate, kind: 'video', at: s.at() })).toBeUndefined();
  });

  it('answers alike whether there is such an inmate or not, and never links a wrong one', async () => {
    const { id, applying } = await newcomer();
    const right = await requestLink(applying, link());
    const wrongName = await requestLink(s.family(), link({ inmateName: '陈建军' }));
    const wrongNumber = await requestLink(applying, link({ inmateNumber: 'no-such' }));
    const shape = (view: object) => Object.keys(view).toSorted();
    expect(shape(wrongNumber)).toEqual(shape(right));
    expect([wrongName, wrongNumber].map(({ state, reason }) => [state, reason])).toEqual([
      ['pending', null],
      ['pending', null],
    ]);
    const seen = await listLinks(s.db, { limit: 20 });
    expect(seen.items.map(({ inmate }) => inmate?.name ?? null)).toEqual([null, null, '陈建国']);
    await s.decide(wrongNumber.id);
    expect((await listOwnLinks(s.db, id)).find((view) => view.id === wrongNumber.id)).toMatchObject({ state: 'refused' });
    expect(await listFamilyInmates(s.db, id)).toEqual([]);
  });

  it('keeps the reason of a refusal and takes the application again with what was changed', async () => {
    const { id, applying } = await newcomer();
    const first = await requestLink(applying, link());
    await s.decide(first.id, '关系证明不清晰');
    const [refused] = await listOwnLinks(s.db, id);
    expect(refused).toMatchObject({ state: 'refused', reason: '关系证明不清晰' });
    await expect(resubmitLink(s.family(), first.id, { ...link(), version: 2 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(resubmitLink(applying, first.id, { ...link(), version: 1 })).rejects.toMatchObject({ code: 'edit_conflict' });
    const again = await resubmitLink(applying, first.id, { ...link({ relation: 'wife' }), version: 2 });
    expect(again).toMatchObject({ state: 'pending', reason: null, relation: { code: 'wife' } });
    await s.decide(first.id);
    expect(await findRelation(s.db, id, s.ids.inmate)).toBe('妻子');
  });

  it('withdraws, and ends an approved link with what the allowlist allowed', async () => {
    const { id, applying } = await newcomer();
    const first = await requestLink(applying, link());
    await expect(withdrawLink(s.family(), first.id, 1)).rejects.toMatchObject({ code: 'not_found' });
    expect(await withdrawLink(applying, first.id, 1)).toMatchObject({ state: 'withdrawn' });
    await s.deliver();
    const again = await resubmitLink(applying, first.id, { ...link(), version: 2 });
    await s.decide(again.id);
    const ended = await endLink(s.officer(), again.id, { reason: '关系已解除', version: 4 });
    expect(ended).toMatchObject({ state: 'ended', reason: '关系已解除' });
    expect(await findRelation(s.db, id, s.ids.inmate)).toBeUndefined();
    await s.deliver();
    expect(s.others.map(({ topic, payload }) => [topic, payload['familyId'], payload['kinds']])).toEqual([
      ['allowlist.ended', id, ['video', 'visit', 'phone']],
    ]);
  });

  it('has one open application for an inmate, however many are sent at once', async () => {
    const { id, applying } = await newcomer();
    const sent = await Promise.allSettled([1, 2, 3, 4].map(() => requestLink(applying, link())));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await listOwnLinks(s.db, id)).toHaveLength(1);
  });

  it('reviews companions, asks for a minor’s guardian, and knows who is a minor on the day of the visit', async () => {
    const child = {
      name: '陈小宝',
      idNumber: testIdNumber('2009-03-10'),
      relation: 'son',
      guardian: '陈秀英',
      inmateId: s.ids.inmate,
      paperIds: [],
    };
    expect(await fieldOf(addCompanion(s.family(), { ...child, guardian: '' }))).toBe('guardian');
    const { id: stranger, applying } = await newcomer();
    expect(await fieldOf(addCompanion(applying, child))).toBe('inmateId');
    const added = await addCompanion(s.family(), child);
    expect(await fieldOf(addCompanion(s.family(), child))).toBe('idNumber');
    const find = (familyId: string, day?: string) => findCompanions(s.db, familyId, [added.id], day);
    expect(await find(s.ids.family)).toMatchObject([{ name: '陈小宝', relation: '儿子', minor: true, state: 'pending' }]);
    await s.decide(added.id, '请补充户口簿');
    expect(await find(s.ids.family)).toMatchObject([{ state: 'refused' }]);
    const { idNumber: _, ...rest } = child;
    await resubmitCompanion(s.family(), added.id, { ...rest, version: 2 });
    await s.decide(added.id);
    expect(await find(s.ids.family, '2027-03-09')).toMatchObject([{ minor: true, state: 'approved' }]);
    expect(await find(s.ids.family, '2027-03-10')).toMatchObject([{ minor: false }]);
    expect([await find(stranger), await listOwnCompanions(s.db, stranger, s.clock.now())]).toEqual([[], []]);
  });

  it('keeps papers encrypted, knows them by their bytes, and shows another’s to nobody', async () => {
    const files = new AttachmentFiles(s.dataDir, s.crypto);
    const add = (content: Buffer, familyId = s.ids.family) =>
      addPaper(s.db, files, { familyId, kind: 'kinship', name: '户口簿.png', content: Readable.from([content]) }, s.at());
    expect(await fieldOf(add(Buffer.from('<html>no picture</html>')))).toBe('file');
    expect(await fieldOf(add(Buffer.alloc(0)))).toBe('file');
    expect(await fieldOf(add(Buffer.concat([PNG, Buffer.alloc(8_000_001)])))).toBe('file');
    const paper = await add(PNG);
    expect(paper).toMatchObject({ type: 'image/png', bytes: PNG.length });
    const read = await readPaper(s.db, files, paper.id, s.ids.family);
    expect(Buffer.concat(await read.content.toArray()).equals(PNG)).toBe(true);
    const { id: stranger, applying } = await newcomer();
    await expect(readPaper(s.db, files, paper.id, stranger)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fieldOf(requestLink(applying, link({ paperIds: [paper.id] })))).toBe('paperIds.0');
    await requestLink(s.family(), link({ inmateNumber: 'other', paperIds: [paper.id] }));
    await expect(deletePaper(s.db, files, s.ids.family, paper.id)).rejects.toMatchObject({ code: 'in_use' });
  });
});

describe('ages', () => {
  it('come of age on the birthday, and one day later when it is 29 February', () => {
    expect([addYears('2008-02-29', 18), addYears('2004-02-29', 20), addYears('2000-12-31', 18)]).toEqual([
      '2026-03-01',
      '2024-02-29',
      '2018-12-31',
    ]);
    expect([isMinor('2027-03-10', '2027-03-09'), isMinor('2027-03-10', '2027-03-10'), isMinor(null, '2000-01-01')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

/** Somebody who speaks the providers' interfaces. */
async function providerPeer(answers: Record<string, (query: URLSearchParams, body: Record<string, unknown>) => object>) {
  const asked: string[] = [];
  const speak = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://peer');
    const text = Buffer.concat(await request.toArray()).toString();
    asked.push(url.pathname);
    const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : Object.fromEntries(new URLSearchParams(text));
    const token = request.headers.authorization;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[url.pathname]?.(url.searchParams, { ...body, ...(token ? { token } : {}) }) ?? { errcode: -1 }));
  };
  const server = createServer((request, response) => void speak(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, base, [Symbol.asyncDispose]: async () => void (await new Promise((closed) => server.close(closed))) };
}
const CLAIM = { name: '周桂兰', idNumber: testIdNumber('1960-05-04') };

describe('identity by WeChat', () => {
  beforeEach(async () => {
    s = await openFamilyServices('sqlite');
  });
  afterEach(() => s[Symbol.asyncDispose]());

  it('lets WeChat look at the face, and believes nobody who began as another', async () => {
    let verdict = 10_000;
    let tokens = 0;
    let certHash: unknown;
    await using peer = await providerPeer({
      '/cgi-bin/stable_token': (_query, body) =>
        body['appid'] === 'wx1' && body['secret'] === 's1' ? { access_token: `t${++tokens}`, expires_in: 7200 } : { errcode: 40125 },
      '/sns/jscode2session': (query) =>
        query.get('js_code') === 'c1' && query.get('appid') === 'wx1' ? { openid: 'o1' } : { errcode: 40029 },
      '/cityservice/face/identify/getverifyid': (query, body) => {
        // The first token was withdrawn before its time.
        if (query.get('access_token') === 't1') return { errcode: 40001 };
        const cert = body['cert_info'] as Record<string, string>;
        return cert['cert_type'] === 'IDENTITY_CARD' && cert['cert_no'] === CLAIM.idNumber && body['openid'] === 'o1'
          ? { errcode: 0, verify_id: 'v1' }
          : { errcode: 1 };
      },
      '/cityservice/face/identify/queryverifyinfo': (_query, body) => {
        certHash = body['cert_hash'];
        return body['verify_id'] === 'v1' && body['openid'] === 'o1' ? { errcode: 0, verify_ret: verdict } : { errcode: 1 };
      },
    });
    const wechat = new WechatIdentity({ appId: 'wx1', secret: 's1', api: peer.base }, s.crypto, () => s.clock.now().getTime());
    expect(await fieldOf(wechat.start(CLAIM, undefined))).toBe('code');
    expect(await fieldOf(wechat.start(CLAIM, 'wrong'))).toBe('code');
    const started = await wechat.start(CLAIM, 'c1');
    expect([started.verifyId, tokens]).toEqual(['v1', 2]);
    const credential = started.credential ?? '';
    const prove = (change = {}, given: string | undefined = credential) =>
      wechat.prove({ ...CLAIM, phone: '13911112222', ...change }, given);
    expect(await prove()).toEqual({ reference: 'o1', face: 'match', vouched: true });
    expect(certHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await fieldOf(prove({ name: '周桂芳' }))).toBe('idNumber');
    expect(await fieldOf(prove({}, `${credential.slice(0, -4)}AAAA`))).toBe('credential');
    verdict = 10_004;
    expect(await fieldOf(prove())).toBe('idNumber');
  });

  it('says that the provider cannot be reached, without its secrets', async () => {
    const wechat = new WechatIdentity({ appId: 'wx1', secret: 'very-secret', api: 'http://127.0.0.1:9' }, s.crypto);
    const error = await wechat.start(CLAIM, 'c1').then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'network_failed' });
    expect([error?.message, String(error?.cause instanceof Error && error.cause.message)].join()).not.toContain('very-secret');
  });
});

describe('identity by the city app', () => {
  it('takes its real name for the person’s', async () => {
    await using peer = await providerPeer({
      '/token': (_query, body) =>
        body['code'] === 'c1' && body['client_secret'] === 's1' ? { access_token: 't1' } : { error: 'invalid_grant' },
      '/user': (_query, body) =>
        body['token'] === 'Bearer t1' ? { data: { realName: CLAIM.name, idCard: CLAIM.idNumber, userId: 'u1' } } : {},
    });
    const urls = { authorizeUrl: `${peer.base}/authorize`, tokenUrl: `${peer.base}/token`, userUrl: `${peer.base}/user` };
    const city = cityIdentity({ clientId: 'q', clientSecret: 's1', ...urls, redirectUrl: 'https://family.example/back' });
    const { url } = await city.start(CLAIM, undefined);
    expect(new URL(url ?? '').searchParams.get('response_type')).toBe('code');
    const prove = (change: object, code?: string) => city.prove({ ...CLAIM, phone: '13911112222', ...change }, code);
    expect(await prove({}, 'c1')).toEqual({ reference: 'u1', face: 'match', vouched: true });
    expect(await fieldOf(prove({ name: '周桂芳' }, 'c1'))).toBe('name');
    expect(await fieldOf(prove({}))).toBe('credential');
    await expect(prove({}, 'used')).rejects.toMatchObject({ code: 'network_failed' });
  });
});
