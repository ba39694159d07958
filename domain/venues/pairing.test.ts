import { FakeClock, hashPassword, toInstant, verifyAudit } from '@qinqiao/server-kit';
import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginTotp, endSessionsOn, finishTotp, loginInmate, loginOfficerOn, loginSecondFactorOn } from '../identity/index.ts';
import { findDeviceByKey, getDevice, noteSignOfLife, rebindDevice, setDeviceState } from '../organisation/index.ts';
import { addTestPeople, DATABASES, findSession, openTestStore, type TestPeople } from '../testing.ts';
import { getPairing, isOnline, openPairing, PAIRING_MINUTES, pairTablet } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
let clock: FakeClock;
const at = () => toInstant(clock.now());
const pairing = (deviceId?: string) => openPairing(store.db, clock, { roomId: people.ids.room, name: '新平板', deviceId }, '王科长');
const pair = (code: string, address = '10.0.0.1') => pairTablet(store.db, clock, { code, appVersion: '0.1.0' }, address);

describe.each(DATABASES)('tablets on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db, await hashPassword('Qq-123456'));
    clock = new FakeClock();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('a code registers one tablet with its room, once', async () => {
    const { id, code } = await pairing();
    expect(code).toMatch(/^\d{8}$/);
    expect(await getPairing(store.db, clock, id)).toEqual({ state: 'open', device: null });
    const { key, device } = await pair(code);
    expect(await findDeviceByKey(store.db, key)).toMatchObject({ id: device.id, roomId: people.ids.room, name: '新平板' });
    expect(await getPairing(store.db, clock, id)).toMatchObject({ state: 'used', device: { registeredBy: '王科长' } });
    await expect(pair(code)).rejects.toMatchObject({ code: 'pairing_invalid' });
    expect(await verifyAudit(store.db)).toBeNull();
  });

  it('a code runs out, and guessing is stopped', async () => {
    const { id, code } = await pairing();
    clock.advance(PAIRING_MINUTES * 60_000);
    await expect(pair(code)).rejects.toMatchObject({ code: 'pairing_invalid' });
    expect(await getPairing(store.db, clock, id)).toMatchObject({ state: 'expired' });
    const fresh = await pairing();
    for (let guess = 0; guess < 10; guess++) await pair('00000000', '10.0.0.9').catch(() => undefined);
    await expect(pair(fresh.code, '10.0.0.9')).rejects.toMatchObject({ code: 'login_locked' });
    expect(await pair(fresh.code, '10.0.0.8')).toMatchObject({ device: { roomId: people.ids.room } });
  });

  it('two tablets that show one code at once: one is registered', async () => {
    const { code } = await pairing();
    const outcomes = await Promise.allSettled([pair(code, 'a'), pair(code, 'b'), pair(code, 'c')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('pairing a tablet anew gives it another key; the old one is worth nothing', async () => {
    const { device } = people.ids;
    const { code } = await pairing(device);
    const { key } = await pair(code);
    expect(await findDeviceByKey(store.db, people.keys.device)).toBeUndefined();
    expect(await findDeviceByKey(store.db, key)).toMatchObject({ id: device });
  });

  it('a revoked tablet is unknown, its sessions end, and nothing can be done with it', async () => {
    const { device } = people.ids;
    const { token } = await loginInmate(store.db, clock, { number: people.keys.number, deviceKey: people.keys.device });
    expect(await endSessionsOn(store.db, device)).toBe(1);
    await expect(findSession(store.db, clock, token)).rejects.toMatchObject({ code: 'not_logged_in' });
    await setDeviceState(store.db, device, { state: 'revoked', reason: '遗失', version: 0 });
    await expect(noteSignOfLife(store.db, people.keys.device, { appVersion: '', battery: null }, at())).rejects.toMatchObject({
      code: 'device_unknown',
    });
    await expect(loginInmate(store.db, clock, { number: people.keys.number, deviceKey: people.keys.device })).rejects.toMatchObject({
      code: 'device_unknown',
    });
    await expect(setDeviceState(store.db, device, { state: 'in_service', reason: '', version: 1 })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    await expect(pairing(device)).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('signs of life tell whether a tablet is there, its version and battery', async () => {
    const seen = await noteSignOfLife(
      store.db,
      people.keys.device,
      { appVersion: '0.2.0', battery: { percent: 40, charging: true } },
      at(),
    );
    expect(seen).toMatchObject({ appVersion: '0.2.0', battery: { percent: 40, charging: true }, seenAt: at() });
    expect(isOnline(seen, clock.now())).toBe(true);
    clock.advance(91_000);
    expect(isOnline(await getDevice(store.db, people.ids.device), clock.now())).toBe(false);
  });

  it('stays in its prison, and an edit of something older is refused', async () => {
    const other = await addTestPeople(store.db);
    const move = (roomId: string, version = 0) => rebindDevice(store.db, people.ids.device, { roomId, version });
    await expect(move(other.ids.room)).rejects.toMatchObject({ code: 'bad_request', fields: { roomId: expect.any(String) } });
    await expect(move(people.ids.room, 7)).rejects.toMatchObject({ code: 'edit_conflict' });
  });

  it('an officer with a second factor shows it on the tablet too', async () => {
    const { db, crypto } = store;
    const officer = { id: people.ids.officer, account: people.keys.account };
    const { id, secret } = await beginTotp(db, crypto, clock, officer);
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() });
    await finishTotp(db, crypto, clock, officer.id, id, code());
    clock.advance(30_000);
    const at = { deviceKey: people.keys.device };
    const step = await loginOfficerOn(db, clock, { ...at, account: officer.account, password: 'Qq-123456' });
    if (!('ticket' in step)) throw new Error('a second factor is set up');
    const { ticket } = step;
    await expect(loginSecondFactorOn(db, crypto, clock, { ...at, ticket, proof: { code: '000000' } })).rejects.toMatchObject({
      code: 'factor_wrong',
    });
    const { token } = await loginSecondFactorOn(db, crypto, clock, { ...at, ticket, proof: { code: code() } });
    expect(await findSession(db, clock, token)).toMatchObject({ deviceId: people.ids.device });
  });

  it('an officer’s log-in on a tablet ends after two minutes without use, and after half an hour in any case', async () => {
    const login = { deviceKey: people.keys.device, account: people.keys.account, password: 'Qq-123456' };
    const { db } = store;
    await expect(loginOfficerOn(db, clock, { ...login, deviceKey: 'none' })).rejects.toMatchObject({ code: 'device_unknown' });
    const open = async () => {
      const opened = await loginOfficerOn(db, clock, login);
      if (!('token' in opened)) throw new Error('no second factor here');
      return opened.token;
    };
    const idle = await open();
    clock.advance(119_000);
    expect(await findSession(db, clock, idle)).toMatchObject({ role: 'officer', deviceId: people.ids.device });
    clock.advance(121_000);
    await expect(findSession(db, clock, idle)).rejects.toMatchObject({ code: 'not_logged_in' });
    const busy = await open();
    for (let minute = 0; minute < 29; minute++) {
      clock.advance(60_000);
      await findSession(db, clock, busy);
    }
    clock.advance(60_000);
    await expect(findSession(db, clock, busy)).rejects.toMatchObject({ code: 'not_logged_in' });
  });
});
