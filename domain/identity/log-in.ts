import { type FactorKind, type FactorProof, type LoginTodo, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, searchHash, verifyPassword } from '@qinqiao/server-kit';
import { findOfficerLogin } from '../officers/index.ts';
import { findDeviceByKey } from '../organisation/index.ts';
import { findFamilyByPhone, findInmateByNumber } from '../people/index.ts';
import { readParameter } from '../settings/index.ts';
import { dropLoginTicket, findLoginTicket, newLoginTicket, openOwnChallenges, takeOwnChallenge } from './challenges.ts';
import { checkFactor, factorKinds } from './factors.ts';
import { guarded, MAX_TABLET_FAILURES } from './lock.ts';
import { confirmSession, endOthersOn, type LoggedIn, type NewLogin, NOWHERE, openSession, type Origin } from './sessions.ts';

/** The password was right; one of these factors and the ticket open the session. */
export interface SecondStep {
  ticket: string;
  kinds: FactorKind[];
  challenge: string;
  expiresAt: string;
}

/**
 * The first step of an officer's log-in. An account without a second factor gets its session at once, with what is to be done first when
 * the installation requires one. Throws `login_failed`, `login_locked`, `account_disabled`.
 */
export async function loginOfficer(
  db: Db,
  clock: Clock,
  { account, password }: { account: string; password: string },
  origin: Origin = NOWHERE,
  deviceId?: string,
): Promise<NewLogin | SecondStep> {
  return guarded(db, clock, `officer:${account}`, async () => {
    const officer = await findOfficerLogin(db, account);
    const fits = await verifyPassword(password, officer?.passwordHash ?? null);
    if (!officer || !fits) throw new QinqiaoError('login_failed');
    if (!officer.enabled) throw new QinqiaoError('account_disabled');
    const kinds = await factorKinds(db, officer.id);
    if (kinds.length > 0) {
      const { ticket, challenge, expiresAt } = await newLoginTicket(db, clock, officer.id);
      return { ticket, kinds, challenge, expiresAt };
    }
    const required = (await readParameter(db, 'login.secondFactor')) === 'required';
    return openOfficerSession(db, clock, officer, { todo: required ? ['factor'] : [], origin, deviceId });
  });
}

/** The second step. Throws `login_expired`, `factor_wrong`, `login_locked`, `account_disabled`. */
export async function loginSecondFactor(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  { ticket, proof }: { ticket: string; proof: FactorProof },
  origin: Origin = NOWHERE,
  deviceId?: string,
): Promise<NewLogin> {
  const { officerId, challenge } = await findLoginTicket(db, clock, ticket);
  return guarded(db, clock, `factor:${officerId}`, async () => {
    const officer = await findOfficerLogin(db, { id: officerId });
    if (!officer?.enabled) throw new QinqiaoError('account_disabled');
    await checkFactor(db, crypto, clock, { officerId, proof, challenges: [challenge] });
    await dropLoginTicket(db, ticket);
    return openOfficerSession(db, clock, officer, { todo: [], origin, deviceId });
  });
}

/** An officer logs in on a tablet of a prison, to help with a booking: a short session bound to the tablet. Else as `loginOfficer`. */
export async function loginOfficerOn(
  db: Db,
  clock: Clock,
  { deviceKey, ...login }: { deviceKey: string; account: string; password: string },
  origin: Origin = NOWHERE,
): Promise<NewLogin | SecondStep> {
  return loginOfficer(db, clock, login, origin, await requireDevice(db, deviceKey));
}

/** The second step on a tablet; else as `loginSecondFactor`. */
export async function loginSecondFactorOn(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  { deviceKey, ...step }: { deviceKey: string; ticket: string; proof: FactorProof },
  origin: Origin = NOWHERE,
): Promise<NewLogin> {
  return loginSecondFactor(db, crypto, clock, step, origin, await requireDevice(db, deviceKey));
}

async function requireDevice(db: Db, key: string): Promise<string> {
  const device = await findDeviceByKey(db, key);
  if (!device) throw new QinqiaoError('device_unknown');
  return device.id;
}

function openOfficerSession(
  db: Db,
  clock: Clock,
  officer: { id: string; name: string; mustChangePassword: boolean },
  { todo, origin, deviceId }: { todo: LoginTodo[]; origin: Origin; deviceId: string | undefined },
): Promise<NewLogin> {
  const all: LoginTodo[] = [...(officer.mustChangePassword ? (['password'] as const) : []), ...todo];
  const session = { role: 'officer' as const, subjectId: officer.id, name: officer.name, todo: all, origin };
  return openSession(db, clock, { ...session, ...(deviceId === undefined ? {} : { deviceId }) });
}

/**
 * An officer who is logged in shows anew who he is: the password, and the second factor when he has one. Answers until when that holds.
 * Throws `login_failed`, `factor_wrong`, `factor_missing`, `login_locked`.
 */
export async function confirmIdentity(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  who: LoggedIn,
  { password, proof }: { password: string; proof?: FactorProof | undefined },
): Promise<string> {
  const officerId = who.subjectId;
  return guarded(db, clock, `confirm:${officerId}`, async () => {
    const officer = await findOfficerLogin(db, { id: officerId });
    const fits = await verifyPassword(password, officer?.passwordHash ?? null);
    if (!officer || !fits) throw new QinqiaoError('login_failed');
    if ((await factorKinds(db, officerId)).length > 0) {
      if (!proof) throw new QinqiaoError('factor_missing');
      const challenges = await openOwnChallenges(db, clock, officerId);
      const { challenge } = await checkFactor(db, crypto, clock, { officerId, proof, challenges });
      if (challenge && !(await takeOwnChallenge(db, clock, officerId, challenge))) throw new QinqiaoError('factor_wrong');
    }
    return confirmSession(db, clock, who.sessionId ?? '');
  });
}

/** A family member logs in by telephone number. Throws `login_failed`, `login_locked`, `account_disabled`. */
export async function loginFamily(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  input: { phone: string; password: string },
  origin: Origin = NOWHERE,
): Promise<NewLogin> {
  // Failures are counted under the number's hash, as the number itself is stored encrypted only.
  const counted = await searchHash(crypto, 'login_failures.login', input.phone);
  return guarded(db, clock, `family:${counted}`, async () => {
    const family = await findFamilyByPhone(db, crypto, input.phone);
    const fits = await verifyPassword(input.password, family?.password_hash || null);
    if (!family || !fits) throw new QinqiaoError('login_failed');
    if (family.state !== 'active') throw new QinqiaoError('account_disabled');
    return openSession(db, clock, { role: 'family', subjectId: family.id, name: family.name, origin });
  });
}

/**
 * An inmate logs in by number, on a registered tablet of their own prison only; whoever sat there before is logged out. Where faces are checked
 * the session can do nothing else before that. Throws `device_unknown` or `login_failed`.
 */
export async function loginInmate(
  db: Db,
  clock: Clock,
  input: { number: string; deviceKey: string },
  origin: Origin = NOWHERE,
): Promise<NewLogin> {
  const device = await findDeviceByKey(db, input.deviceKey);
  if (!device) throw new QinqiaoError('device_unknown');
  const attempt = async () => {
    const inmate = await findInmateByNumber(db, input.number);
    if (inmate?.prison_id !== device.prisonId || inmate.state !== 'in_custody') throw new QinqiaoError('login_failed');
    await endOthersOn(db, device.id, inmate.id);
    const todo: LoginTodo[] = (await readParameter(db, 'face.inmateLogin')) === 'on' ? ['face'] : [];
    return openSession(db, clock, { role: 'inmate', subjectId: inmate.id, name: inmate.name, deviceId: device.id, todo, origin });
  };
  return guarded(db, clock, `device:${device.id}`, attempt, MAX_TABLET_FAILURES);
}
