import { createHash, randomBytes } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, toInstant, verifyPassword } from '@qinqiao/server-kit';
import { findDeviceByKey } from '../organisation/index.ts';
import { findFamilyByPhone, findInmateByNumber, findOfficerByAccount } from '../people/index.ts';
import type { IdentityTables } from './migrations.ts';

export interface LoggedIn {
  role: 'officer' | 'inmate' | 'family';
  subjectId: string;
  deviceId: string | null;
}
export interface NewLogin extends LoggedIn {
  token: string;
  name: string;
  expiresAt: string;
}

const LIFETIME_MS = { officer: 12 * 3600_000, family: 24 * 3600_000, inmate: 2 * 3600_000 };
export const MAX_LOGIN_FAILURES = 5;
/** A tablet is shared: one inmate's mistyped numbers must not keep the next from a call. */
export const MAX_TABLET_FAILURES = 20;
export const LOGIN_LOCK_MS = 10 * 60_000;

const identity = (db: Db) => db.withTables<IdentityTables>();
const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');

export async function loginOfficer(db: Db, clock: Clock, input: { account: string; password: string }): Promise<NewLogin> {
  return guarded(db, clock, `officer:${input.account}`, async () => {
    const officer = await findOfficerByAccount(db, input.account);
    const fits = await verifyPassword(input.password, officer?.password_hash ?? null);
    if (!officer || !fits) throw new QinqiaoError('login_failed');
    return openSession(db, clock, { role: 'officer', subjectId: officer.id, deviceId: null }, officer.name);
  });
}

export async function loginFamily(db: Db, clock: Clock, input: { phone: string; password: string }): Promise<NewLogin> {
  return guarded(db, clock, `family:${input.phone}`, async () => {
    const family = await findFamilyByPhone(db, input.phone);
    const fits = await verifyPassword(input.password, family?.password_hash ?? null);
    if (!family || !fits) throw new QinqiaoError('login_failed');
    return openSession(db, clock, { role: 'family', subjectId: family.id, deviceId: null }, family.name);
  });
}

/** An inmate logs in by number, on a registered tablet of their own prison only. Throws `device_unknown` or `login_failed`. */
export async function loginInmate(db: Db, clock: Clock, input: { number: string; deviceKey: string }): Promise<NewLogin> {
  const device = await findDeviceByKey(db, input.deviceKey);
  if (!device) throw new QinqiaoError('device_unknown');
  const attempt = async () => {
    const inmate = await findInmateByNumber(db, input.number);
    if (!inmate || inmate.prison_id !== device.prisonId) throw new QinqiaoError('login_failed');
    return openSession(db, clock, { role: 'inmate', subjectId: inmate.id, deviceId: device.id }, inmate.name);
  };
  return guarded(db, clock, `device:${device.id}`, attempt, MAX_TABLET_FAILURES);
}

/** Runs one log-in attempt; after too many failed ones it throws `login_locked` for `LOGIN_LOCK_MS`. */
async function guarded(
  db: Db,
  clock: Clock,
  login: string,
  attempt: () => Promise<NewLogin>,
  most = MAX_LOGIN_FAILURES,
): Promise<NewLogin> {
  await countAttempt(db, clock, login, most);
  const session = await attempt();
  await identity(db).deleteFrom('login_failures').where('login', '=', login).execute();
  return session;
}

/** Counts the attempt as failed before it is made, so that guesses sent at once cannot outrun the lock. */
async function countAttempt(db: Db, clock: Clock, login: string, most: number): Promise<void> {
  const now = clock.now().getTime();
  const until = toInstant(now + LOGIN_LOCK_MS);
  if (await countAgain(db, login, most, { now: toInstant(now), until })) return;
  try {
    await identity(db).insertInto('login_failures').values({ login, count: 1, until }).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if (!(await countAgain(db, login, most, { now: toInstant(now), until }))) throw new QinqiaoError('login_locked', { cause: error });
  }
}

/** One statement, so that no two attempts see the same count. Answers false when there are too many of them, or none yet. */
async function countAgain(db: Db, login: string, most: number, at: { now: string; until: string }): Promise<boolean> {
  const counted = await identity(db)
    .updateTable('login_failures')
    // The count comes first: MariaDB sets one column after the other, and would compare with the new time.
    .set((eb) => ({
      count: eb
        .case()
        .when('until', '<=', at.now)
        .then(1)
        .else(eb('count', '+', 1))
        .end(),
      until: at.until,
    }))
    .where('login', '=', login)
    .where((eb) => eb.or([eb('until', '<=', at.now), eb('count', '<', most)]))
    .executeTakeFirst();
  return counted.numUpdatedRows > 0n;
}

async function openSession(db: Db, clock: Clock, who: LoggedIn, name: string): Promise<NewLogin> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = toInstant(clock.now().getTime() + LIFETIME_MS[who.role]);
  const row = { token_hash: hashToken(token), role: who.role, subject_id: who.subjectId, device_id: who.deviceId, expires_at: expiresAt };
  await identity(db).insertInto('sessions').values(row).execute();
  return { ...who, token, name, expiresAt };
}

/** Who the token belongs to. Throws `not_logged_in` when it is unknown or has expired. */
export async function findSession(db: Db, clock: Clock, token: string): Promise<LoggedIn> {
  const query = identity(db).selectFrom('sessions').selectAll().where('token_hash', '=', hashToken(token));
  const row = await query.where('expires_at', '>', toInstant(clock.now())).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_logged_in');
  return { role: row.role, subjectId: row.subject_id, deviceId: row.device_id };
}

export async function closeSession(db: Db, token: string): Promise<void> {
  await identity(db).deleteFrom('sessions').where('token_hash', '=', hashToken(token)).execute();
}
