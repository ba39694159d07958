import { createHash, randomBytes } from 'node:crypto';
import { LoginTodo, type OpenSession, PARAMETERS, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, newId, toInstant } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { readParameter, readParameters } from '../settings/index.ts';
import type { IdentityTables } from './migrations.ts';

export interface LoggedIn {
  role: 'officer' | 'inmate' | 'family';
  subjectId: string;
  deviceId: string | null;
  /** Null for those that are not kept as sessions. */
  sessionId: string | null;
  /** What must be done before anything else. */
  todo: LoginTodo[];
  /** When the officer last showed who he is. */
  confirmedAt: string | null;
}

export interface NewLogin extends LoggedIn {
  token: string;
  name: string;
  expiresAt: string;
}

/** From where a session was opened, as its owner is shown it. */
export interface Origin {
  address: string;
  agent: string;
}
export const NOWHERE: Origin = { address: '', agent: '' };

const LIFETIME_MS = { family: 24 * 3600_000, inmate: 2 * 3600_000 };
/** An officer who helps an inmate at a tablet: a log-in for one booking, which must not be left open. */
const AT_TABLET = { lifetimeMs: 30 * 60_000, idleMs: 2 * 60_000, seenEveryMs: 5000 };
/** Nobody is logged out sooner, whatever is set. */
const LEAST_IDLE_MS = Math.min(AT_TABLET.idleMs, PARAMETERS['login.idleMinutes'].input.min * 60_000);
/** How exactly `seen_at` is kept: not every request writes. */
const SEEN_EVERY_MS = 30_000;
const Todo = z.array(LoginTodo);

const tables = (db: Db) => db.withTables<IdentityTables & PeopleTables & OrganisationTables>();
/** Tokens are known to their owners only; this is what a session is found by. */
export const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');

/** What of a session says whose it is. */
export const SESSION_COLUMNS = [
  'sessions.id',
  'sessions.role',
  'sessions.subject_id',
  'sessions.device_id',
  'sessions.seen_at',
  'sessions.expires_at',
  'sessions.confirmed_at',
  'sessions.todo',
] as const;
type KnownSession = Pick<
  IdentityTables['sessions'],
  'id' | 'role' | 'subject_id' | 'device_id' | 'seen_at' | 'expires_at' | 'confirmed_at' | 'todo'
>;

export interface SessionOpening {
  role: LoggedIn['role'];
  subjectId: string;
  name: string;
  deviceId?: string;
  todo?: LoginTodo[];
  origin: Origin;
}

/** Opens a session; an officer's oldest ones end when there would be too many. The token is known to its owner only. */
export async function openSession(
  db: Db,
  clock: Clock,
  { role, subjectId, name, deviceId, todo = [], origin }: SessionOpening,
): Promise<NewLogin> {
  const token = randomBytes(32).toString('base64url');
  const now = clock.now().getTime();
  const lifetime = await lifetimeOf(db, role, deviceId);
  const row = {
    token_hash: hashToken(token),
    id: newId(),
    role,
    subject_id: subjectId,
    device_id: deviceId ?? null,
    opened_at: toInstant(now),
    seen_at: toInstant(now),
    expires_at: toInstant(now + lifetime),
    confirmed_at: role === 'officer' ? toInstant(now) : null,
    todo: JSON.stringify(todo),
    address: origin.address.slice(0, 64),
    agent: origin.agent.slice(0, 256),
  };
  await tables(db).insertInto('sessions').values(row).execute();
  if (role === 'officer') await endOldest(db, subjectId);
  return { ...loggedIn(row), token, name, expiresAt: row.expires_at };
}

async function lifetimeOf(db: Db, role: LoggedIn['role'], deviceId: string | undefined): Promise<number> {
  if (role !== 'officer') return LIFETIME_MS[role];
  return deviceId === undefined ? (await readParameter(db, 'login.absoluteHours')) * 3600_000 : AT_TABLET.lifetimeMs;
}

async function endOldest(db: Db, officerId: string): Promise<void> {
  const most = await readParameter(db, 'login.sessionsPerOfficer');
  const mine = tables(db).selectFrom('sessions').select('id').where('role', '=', 'officer').where('subject_id', '=', officerId);
  const tooMany = await mine.orderBy('id', 'desc').offset(most).limit(100).execute();
  for (const { id } of tooMany) await tables(db).deleteFrom('sessions').where('id', '=', id).execute();
}

const loggedIn = (row: Omit<KnownSession, 'seen_at' | 'expires_at'>): LoggedIn => ({
  role: row.role,
  subjectId: row.subject_id,
  deviceId: row.device_id,
  sessionId: row.id,
  todo: Todo.parse(JSON.parse(row.todo)),
  confirmedAt: row.confirmed_at,
});

/**
 * Who the session belongs to, which was read by its token's hash. Throws `not_logged_in` when there is none, it has expired, or was not used for too
 * long by an officer.
 */
export async function admitSession(db: Db, clock: Clock, row: KnownSession | undefined): Promise<LoggedIn> {
  const now = clock.now().getTime();
  if (!row || row.expires_at <= toInstant(now)) throw new QinqiaoError('not_logged_in');
  const idle = now - Date.parse(row.seen_at);
  if (row.role === 'officer' && idle > LEAST_IDLE_MS && idle > (await longestIdle(db, row))) {
    await endSession(db, row.id);
    throw new QinqiaoError('not_logged_in');
  }
  if (idle > (row.role === 'officer' && row.device_id !== null ? AT_TABLET.seenEveryMs : SEEN_EVERY_MS))
    await tables(db)
      .updateTable('sessions')
      .set({ seen_at: toInstant(now) })
      .where('id', '=', row.id)
      .execute();
  return loggedIn(row);
}

async function longestIdle(db: Db, { device_id }: KnownSession): Promise<number> {
  return device_id === null ? (await readParameter(db, 'login.idleMinutes')) * 60_000 : AT_TABLET.idleMs;
}

export async function closeSession(db: Db, token: string): Promise<void> {
  await tables(db).deleteFrom('sessions').where('token_hash', '=', hashToken(token)).execute();
}

/** Throws `not_found` when there is none. */
export async function endSession(db: Db, id: string, ofOfficer?: string): Promise<void> {
  let query = tables(db).deleteFrom('sessions').where('id', '=', id);
  if (ofOfficer !== undefined) query = query.where('role', '=', 'officer').where('subject_id', '=', ofOfficer);
  if ((await query.executeTakeFirst()).numDeletedRows === 0n) throw new QinqiaoError('not_found');
}

/** Ends every session of an officer, but for one. */
export async function endSessionsOf(db: Db, officerId: string, except: string | null = null): Promise<void> {
  let query = tables(db).deleteFrom('sessions').where('role', '=', 'officer').where('subject_id', '=', officerId);
  if (except !== null) query = query.where('id', '!=', except);
  await query.execute();
}

/** Ends every session on a tablet. Answers how many. */
export async function endSessionsOn(db: Db, deviceId: string): Promise<number> {
  const gone = await tables(db).deleteFrom('sessions').where('device_id', '=', deviceId).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** One inmate sits at a tablet: the sessions of those before him end. */
export async function endOthersOn(db: Db, deviceId: string, inmateId: string): Promise<void> {
  const others = tables(db).deleteFrom('sessions').where('device_id', '=', deviceId).where('role', '=', 'inmate');
  await others.where('subject_id', '!=', inmateId).execute();
}

/** Whether the inmate is logged in on the tablet now. */
export async function isAtDevice(db: Db, clock: Clock, inmateId: string, deviceId: string): Promise<boolean> {
  const mine = tables(db).selectFrom('sessions').select('id').where('role', '=', 'inmate').where('subject_id', '=', inmateId);
  const here = mine.where('device_id', '=', deviceId).where('expires_at', '>', toInstant(clock.now()));
  return (await here.executeTakeFirst()) !== undefined;
}

/** Deletes what has expired. Answers how many. */
export async function forgetExpiredSessions(db: Db, clock: Clock): Promise<number> {
  const now = toInstant(clock.now());
  await tables(db).deleteFrom('login_challenges').where('expires_at', '<', now).execute();
  const gone = await tables(db).deleteFrom('sessions').where('expires_at', '<', now).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export async function setTodo(db: Db, sessionId: string, todo: readonly LoginTodo[]): Promise<void> {
  await tables(db)
    .updateTable('sessions')
    .set({ todo: JSON.stringify(todo) })
    .where('id', '=', sessionId)
    .execute();
}

/** The officer has shown who he is; answers until when that holds. */
export async function confirmSession(db: Db, clock: Clock, sessionId: string): Promise<string> {
  const now = clock.now().getTime();
  await tables(db)
    .updateTable('sessions')
    .set({ confirmed_at: toInstant(now) })
    .where('id', '=', sessionId)
    .execute();
  return toInstant(now + (await readParameter(db, 'reauth.minutes')) * 60_000);
}

/** Throws `reauth_required` when the officer has not shown who he is within the last minutes (parameter `reauth.minutes`). */
export async function assertConfirmed(db: Db, clock: Clock, who: LoggedIn): Promise<void> {
  const since = clock.now().getTime() - (await readParameter(db, 'reauth.minutes')) * 60_000;
  if (!who.confirmedAt || who.confirmedAt < toInstant(since)) throw new QinqiaoError('reauth_required');
}

export interface SessionFilter {
  sessionId?: string;
  officerId?: string;
  /** Beginning of an account or a name. */
  text?: string;
  cursor?: string;
  limit: number;
}

/** Officers' open sessions, the newest first; through a scoped store those of the officers who are seen. */
export async function listSessions(db: Db, clock: Clock, filter: SessionFilter, current: string | null) {
  const { 'login.idleMinutes': idle } = await readParameters(db, ['login.idleMinutes']);
  const now = clock.now().getTime();
  let query = tables(db)
    .selectFrom('sessions')
    .innerJoin('officers', 'officers.id', 'sessions.subject_id')
    .innerJoin('org_units', 'org_units.id', 'officers.prison_id')
    .select(['sessions.id', 'sessions.subject_id', 'sessions.opened_at', 'sessions.seen_at', 'sessions.expires_at', 'sessions.address'])
    .select(['sessions.agent', 'officers.name', 'officers.account', 'org_units.name as prisonName'])
    .where('sessions.role', '=', 'officer')
    .where('sessions.expires_at', '>', toInstant(now))
    .where('sessions.seen_at', '>', toInstant(now - idle * 60_000));
  if (filter.sessionId !== undefined) query = query.where('sessions.id', '=', filter.sessionId);
  if (filter.officerId !== undefined) query = query.where('sessions.subject_id', '=', filter.officerId);
  if (filter.text) {
    const start = `${filter.text.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) => eb.or([eb('officers.account', 'like', start), eb('officers.name', 'like', start)]));
  }
  if (filter.cursor !== undefined) query = query.where('sessions.id', '<', filter.cursor);
  const rows = await query
    .orderBy('sessions.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const items = rows.slice(0, filter.limit).map((row) => ({
    id: row.id,
    officerId: row.subject_id as OpenSession['officerId'],
    officerName: row.name,
    account: row.account,
    prisonName: row.prisonName,
    openedAt: row.opened_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    address: row.address,
    agent: row.agent,
    current: row.id === current,
  }));
  return { items, next: rows.length > filter.limit ? (items.at(-1)?.id ?? null) : null };
}
