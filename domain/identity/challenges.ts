import { createHash, randomBytes } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, toInstant } from '@qinqiao/server-kit';
import type { IdentityTables } from './migrations.ts';

const LIFETIME_MS = 5 * 60_000;
const challenges = (db: Db) => db.withTables<IdentityTables>();
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

export interface Challenge {
  officerId: string;
  /** Hexadecimal, 32 bytes: what an SM2 key signs. */
  challenge: string;
  expiresAt: string;
}

/** A log-in whose password was right and that waits for the second factor. The ticket is known to who logs in only. */
export async function newLoginTicket(db: Db, clock: Clock, officerId: string): Promise<Challenge & { ticket: string }> {
  const ticket = randomBytes(32).toString('base64url');
  return { ticket, ...(await keep(db, clock, officerId, 'login', hash(ticket))) };
}

/** Throws `login_expired` when the ticket is unknown or too old. It is good for several tries: failures are counted elsewhere. */
export async function findLoginTicket(db: Db, clock: Clock, ticket: string): Promise<Challenge> {
  const found = await find(db, clock, hash(ticket), 'login');
  if (!found) throw new QinqiaoError('login_expired');
  return found;
}

export async function dropLoginTicket(db: Db, ticket: string): Promise<void> {
  await challenges(db).deleteFrom('login_challenges').where('id_hash', '=', hash(ticket)).execute();
}

/** Something for a logged-in officer to sign. */
export async function newOwnChallenge(db: Db, clock: Clock, officerId: string): Promise<string> {
  const idHash = hash(randomBytes(32).toString('hex'));
  return (await keep(db, clock, officerId, 'own', idHash)).challenge;
}

/** Takes an officer's challenge, once. Answers whether it was his and fresh. */
export async function takeOwnChallenge(db: Db, clock: Clock, officerId: string, challenge: string): Promise<boolean> {
  const gone = await challenges(db)
    .deleteFrom('login_challenges')
    .where('officer_id', '=', officerId)
    .where('purpose', '=', 'own')
    .where('challenge', '=', challenge)
    .where('expires_at', '>', toInstant(clock.now()))
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

/** The challenges that an officer was given and has not used. */
export async function openOwnChallenges(db: Db, clock: Clock, officerId: string): Promise<string[]> {
  const rows = await challenges(db)
    .selectFrom('login_challenges')
    .select('challenge')
    .where('officer_id', '=', officerId)
    .where('purpose', '=', 'own')
    .where('expires_at', '>', toInstant(clock.now()))
    .orderBy('expires_at', 'desc')
    .limit(5)
    .execute();
  return rows.map((row) => row.challenge);
}

async function keep(db: Db, clock: Clock, officerId: string, purpose: 'login' | 'own', idHash: string): Promise<Challenge> {
  const challenge = randomBytes(32).toString('hex');
  const expiresAt = toInstant(clock.now().getTime() + LIFETIME_MS);
  const row = { id_hash: idHash, officer_id: officerId, purpose, challenge, expires_at: expiresAt };
  await challenges(db).insertInto('login_challenges').values(row).execute();
  return { officerId, challenge, expiresAt };
}

async function find(db: Db, clock: Clock, idHash: string, purpose: 'login' | 'own'): Promise<Challenge | null> {
  const row = await challenges(db)
    .selectFrom('login_challenges')
    .selectAll()
    .where('id_hash', '=', idHash)
    .where('purpose', '=', purpose)
    .where('expires_at', '>', toInstant(clock.now()))
    .executeTakeFirst();
  return row ? { officerId: row.officer_id, challenge: row.challenge, expiresAt: row.expires_at } : null;
}
