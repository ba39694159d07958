import { FakeClock, hashPassword, newSm2KeyPair, type Sm2KeyPair, SYSTEM_ACTOR, sm2Sign, toInstant } from '@qinqiao/server-kit';
import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setParameter } from '../settings/index.ts';
import { addTestPeople, DATABASES, findSession, openTestStore, type TestPeople } from '../testing.ts';
import {
  addSm2Key,
  assertConfirmed,
  beginTotp,
  confirmIdentity,
  endSessionsOf,
  finishTotp,
  listFactors,
  listSessions,
  loginOfficer,
  loginSecondFactor,
  newOwnChallenge,
  type SecondStep,
} from './index.ts';
import { testCertificate } from './testing.ts';

const PASSWORD = 'Qq-123456-abc';
const hash = await hashPassword(PASSWORD);
let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
let clock: FakeClock;

const code = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() });
const login = () => loginOfficer(store.db, clock, { account: people.keys.account, password: PASSWORD });
const second = (ticket: string, proof: { code: string } | { signature: string }) =>
  loginSecondFactor(store.db, store.crypto, clock, { ticket, proof });

/** The first step, of an officer who has a second factor. */
async function firstStep(): Promise<SecondStep> {
  const step = await login();
  if (!('ticket' in step)) throw new Error('no second factor was asked for');
  return step;
}

async function withTotp(): Promise<string> {
  const begun = await beginTotp(store.db, store.crypto, clock, { id: people.ids.officer, account: people.keys.account });
  await finishTotp(store.db, store.crypto, clock, people.ids.officer, begun.id, code(begun.secret));
  clock.advance(60_000);
  return begun.secret;
}

async function withKey(certificate?: (publicKey: string) => string) {
  const pair = newSm2KeyPair();
  const officerId = people.ids.officer;
  const challenge = await newOwnChallenge(store.db, clock, officerId);
  const signature = sign(pair, challenge);
  const key = certificate
    ? { publicKey: null, certificate: certificate(pair.publicKey) }
    : { publicKey: pair.publicKey, certificate: null };
  await addSm2Key(store.db, store.crypto, clock, { officerId, name: '钥', ...key, challenge, signature });
  return pair;
}
const sign = (pair: Sm2KeyPair, challenge: string) => sm2Sign(Buffer.from(challenge, 'hex'), pair).toString('hex');

describe.each(DATABASES)('second factor on %s', (on) => {
  beforeEach(async () => {
    clock = new FakeClock();
    store = await openTestStore({ on });
    people = await addTestPeople(store.db, hash);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('is asked for first where it is required and none is set up, and not where it is optional', async () => {
    expect(await login()).toMatchObject({ todo: ['factor'] });
    const at = toInstant(clock.now());
    await setParameter(store.db, { key: 'login.secondFactor', value: 'optional', version: 0 }, SYSTEM_ACTOR, at);
    await expect.poll(login).toMatchObject({ todo: [] });
  });

  it('opens the session with a code, once per code, and keeps the secret encrypted', async () => {
    const secret = await withTotp();
    const stored = await store.db
      .withTables<{ officer_factors: { secret: string } }>()
      .selectFrom('officer_factors')
      .select('secret')
      .execute();
    expect(JSON.stringify(stored)).not.toContain(secret);
    const { ticket, kinds } = await firstStep();
    expect(kinds).toEqual(['totp']);
    await expect(second(ticket, { code: '000000' })).rejects.toMatchObject({ code: 'factor_wrong' });
    const taken = code(secret);
    expect(await second(ticket, { code: taken })).toMatchObject({ role: 'officer', todo: [] });
    await expect(second(ticket, { code: taken })).rejects.toMatchObject({ code: 'login_expired' });
    const again = await firstStep();
    await expect(second(again.ticket, { code: taken })).rejects.toMatchObject({ code: 'factor_wrong' });
  });

  it('gives one session when one code is sent twice at once', async () => {
    const secret = await withTotp();
    const [one, two] = [await firstStep(), await firstStep()];
    const both = await Promise.allSettled([one, two].map(({ ticket }) => second(ticket, { code: code(secret) })));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('locks after too many wrong codes, whatever ticket they come with', async () => {
    const secret = await withTotp();
    for (let i = 0; i < 5; i++) {
      const { ticket } = await firstStep();
      await expect(second(ticket, { code: '000000' })).rejects.toMatchObject({ code: 'factor_wrong' });
    }
    const { ticket } = await firstStep();
    await expect(second(ticket, { code: code(secret) })).rejects.toMatchObject({ code: 'login_locked' });
  });

  it('takes the challenge signed with the SM2 key, and no other', async () => {
    const pair = await withKey();
    const { ticket, challenge, kinds } = await firstStep();
    expect(kinds).toEqual(['sm2']);
    await expect(second(ticket, { signature: sign(newSm2KeyPair(), challenge) })).rejects.toMatchObject({ code: 'factor_wrong' });
    await expect(second(ticket, { signature: sign(pair, 'ab'.repeat(32)) })).rejects.toMatchObject({ code: 'factor_wrong' });
    expect(await second(ticket, { signature: sign(pair, challenge) })).toMatchObject({ role: 'officer' });
  });

  it('takes a certificate’s key until the certificate ends, and refuses what is none', async () => {
    const validUntil = new Date(clock.now().getTime() + 3600_000);
    const pair = await withKey((publicKey) => testCertificate({ publicKey }, { name: '张警官', validUntil }));
    expect(await listFactors(store.db, people.ids.officer)).toMatchObject([{ kind: 'sm2', certificate: { subject: 'CN=张警官' } }]);
    const { ticket, challenge } = await firstStep();
    expect(await second(ticket, { signature: sign(pair, challenge) })).toMatchObject({ role: 'officer' });
    clock.advance(3600_001);
    const late = await firstStep();
    await expect(second(late.ticket, { signature: sign(pair, late.challenge) })).rejects.toMatchObject({ code: 'factor_wrong' });
    const expired = (publicKey: string) => testCertificate({ publicKey }, { name: 'x', validUntil });
    await expect(withKey(expired)).rejects.toMatchObject({ code: 'certificate_invalid' });
    await expect(withKey(() => 'not a certificate')).rejects.toMatchObject({ code: 'certificate_invalid' });
  });

  it('is shown anew for what needs it, and that holds for some minutes', async () => {
    const secret = await withTotp();
    const { ticket } = await firstStep();
    const { token } = await second(ticket, { code: code(secret) });
    clock.advance(6 * 60_000);
    const who = await findSession(store.db, clock, token);
    await expect(assertConfirmed(store.db, clock, who)).rejects.toMatchObject({ code: 'reauth_required' });
    const confirm = (input: Parameters<typeof confirmIdentity>[4]) => confirmIdentity(store.db, store.crypto, clock, who, input);
    await expect(confirm({ password: PASSWORD })).rejects.toMatchObject({ code: 'factor_missing' });
    await expect(confirm({ password: 'wrong', proof: { code: code(secret) } })).rejects.toMatchObject({ code: 'login_failed' });
    await confirm({ password: PASSWORD, proof: { code: code(secret) } });
    await assertConfirmed(store.db, clock, await findSession(store.db, clock, token));
  });
});

describe.each(DATABASES)('sessions on %s', (on) => {
  beforeEach(async () => {
    clock = new FakeClock();
    store = await openTestStore({ on });
    people = await addTestPeople(store.db, hash);
  });
  afterEach(() => store[Symbol.asyncDispose]());
  const token = async () => ((await login()) as { token: string }).token;

  it('end when nothing is done for long, and in any case after half a day', async () => {
    const idle = await token();
    clock.advance(31 * 60_000);
    await expect(findSession(store.db, clock, idle)).rejects.toMatchObject({ code: 'not_logged_in' });
    const busy = await token();
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      clock.advance(20 * 60_000);
      await findSession(store.db, clock, busy);
    }
    clock.advance(20 * 60_000);
    await expect(findSession(store.db, clock, busy)).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  it('are listed, ended by others, and there are at most so many of one officer', async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 7; i++) {
      clock.advance(1000);
      tokens.push(await token());
    }
    const { items } = await listSessions(store.db, clock, { officerId: people.ids.officer, limit: 50 }, null);
    expect(items).toHaveLength(5);
    await expect(findSession(store.db, clock, tokens[0] ?? '')).rejects.toMatchObject({ code: 'not_logged_in' });
    await findSession(store.db, clock, tokens[6] ?? '');
    await endSessionsOf(store.db, people.ids.officer);
    await expect(findSession(store.db, clock, tokens[6] ?? '')).rejects.toMatchObject({ code: 'not_logged_in' });
  });
});
