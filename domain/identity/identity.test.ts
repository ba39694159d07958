import { type Db, FakeClock, hashPassword } from '@qinqiao/server-kit';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestPeople, DATABASES, findSession, openTestStore, type TestPeople } from '../testing.ts';
import { closeSession, GRANT_LIFETIME_S, loginFamily, loginInmate, loginOfficer, signGrant, verifyGrant } from './index.ts';

const PASSWORD = 'Qq-123456';
const hash = await hashPassword(PASSWORD);
let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
let people: TestPeople;
let clock: FakeClock;

beforeEach(() => void (clock = new FakeClock()));

/** A log-in that needs no second factor. */
async function logInOfficer() {
  const login = await loginOfficer(db, clock, { account: people.keys.account, password: PASSWORD });
  if ('ticket' in login) throw new Error('a second factor is asked for');
  return login;
}

describe.each(DATABASES)('log-in on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ({ db } = store);
    people = await addTestPeople(db, hash);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('opens a session that ends by log-out and by time', async () => {
    const login = await logInOfficer();
    expect(await findSession(db, clock, login.token)).toMatchObject({ role: 'officer', subjectId: people.ids.officer, deviceId: null });
    await closeSession(db, login.token);
    await expect(findSession(db, clock, login.token)).rejects.toMatchObject({ code: 'not_logged_in' });
    const family = await loginFamily(db, store.crypto, clock, { phone: people.keys.phone, password: PASSWORD });
    clock.advance(25 * 3600_000);
    await expect(findSession(db, clock, family.token)).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  it('does not tell a wrong password from an unknown account', async () => {
    const attempts = [
      { account: people.keys.account, password: 'x' },
      { account: 'nobody', password: PASSWORD },
    ];
    for (const attempt of attempts) await expect(loginOfficer(db, clock, attempt)).rejects.toMatchObject({ code: 'login_failed' });
  });

  it('locks after five failures, also when the guesses come at once, and opens again later', async () => {
    const guesses = Array.from({ length: 12 }, () => loginFamily(db, store.crypto, clock, { phone: people.keys.phone, password: 'guess' }));
    const codes = (await Promise.allSettled(guesses)).map(
      (guess) => guess.status === 'rejected' && (guess.reason as { code: string }).code,
    );
    expect(codes.filter((code) => code === 'login_failed')).toHaveLength(5);
    expect(codes.filter((code) => code === 'login_locked')).toHaveLength(7);
    const right = () => loginFamily(db, store.crypto, clock, { phone: people.keys.phone, password: PASSWORD });
    await expect(right()).rejects.toMatchObject({ code: 'login_locked' });
    clock.advance(10 * 60_000 + 1);
    await expect(right()).resolves.toMatchObject({ role: 'family' });
  });

  it('lets an inmate in on a registered tablet of his prison only', async () => {
    const other = await addTestPeople(db);
    const login = (number: string, deviceKey: string) => loginInmate(db, clock, { number, deviceKey });
    await expect(login(people.keys.number, 'forged')).rejects.toMatchObject({ code: 'device_unknown' });
    await expect(login(people.keys.number, other.keys.device)).rejects.toMatchObject({ code: 'login_failed' });
    await expect(login(people.keys.number, people.keys.device)).resolves.toMatchObject({ deviceId: people.ids.device });
  });
});

describe('grants', () => {
  const secret = 'a'.repeat(64);
  const claims = { callId: 'c1' as never, role: 'family' as const, subjectId: 'f1', name: '陈秀英' };

  it('say who may enter which call, for five minutes', async () => {
    const grant = await signGrant(claims, secret, clock.now());
    expect(await verifyGrant(grant, secret, clock.now())).toEqual(claims);
    clock.advance((GRANT_LIFETIME_S + 1) * 1000);
    await expect(verifyGrant(grant, secret, clock.now())).rejects.toMatchObject({ code: 'grant_expired' });
  });

  it('are refused when forged, altered, unsigned or made for something else', async () => {
    const grant = await signGrant(claims, secret, clock.now());
    const [head = '', body = '', signature = ''] = grant.split('.');
    const altered = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), role: 'officer' })).toString(
      'base64url',
    );
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('recording')
      .sign(new TextEncoder().encode(secret));
    const forged = await signGrant(claims, 'b'.repeat(64), clock.now());
    for (const bad of [`${head}.${altered}.${signature}`, unsigned, foreign, forged, '', 'x']) {
      await expect(verifyGrant(bad, secret, clock.now())).rejects.toMatchObject({ code: 'grant_invalid' });
    }
  });
});
