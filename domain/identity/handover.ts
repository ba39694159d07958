import { createHash, randomBytes } from 'node:crypto';
import { type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, toInstant } from '@qinqiao/server-kit';
import { findFamilyAccount } from '../people/index.ts';
import type { IdentityTables } from './migrations.ts';
import { type NewLogin, NOWHERE, openSession, type Origin } from './sessions.ts';

const LIFETIME_MS = 60_000;
const tables = (db: Db) => db.withTables<IdentityTables>();
const hash = (code: string) => createHash('sha256').update(code).digest('hex');

/** A code that opens a session of this family member once, within a minute: for a page of ours inside another app's web view. */
export async function makeHandover(db: Db, clock: Clock, familyId: string): Promise<{ code: string; expiresAt: Instant }> {
  const now = clock.now().getTime();
  const code = randomBytes(32).toString('base64url');
  const expiresAt = toInstant(now + LIFETIME_MS);
  await tables(db).deleteFrom('handover_codes').where('expires_at', '<=', toInstant(now)).execute();
  await tables(db)
    .insertInto('handover_codes')
    .values({ code_hash: hash(code), family_id: familyId, expires_at: expiresAt })
    .execute();
  return { code, expiresAt };
}

/** Opens the session that a code stands for. Throws `login_expired` when the code is unknown, was used, or is too old; `account_disabled`. */
export async function takeHandover(db: Db, clock: Clock, code: string, origin: Origin = NOWHERE): Promise<NewLogin> {
  const code_hash = hash(code);
  const row = await tables(db).selectFrom('handover_codes').selectAll().where('code_hash', '=', code_hash).executeTakeFirst();
  // Whoever deletes it has it: of several who come at once one does.
  const taken = await tables(db).deleteFrom('handover_codes').where('code_hash', '=', code_hash).executeTakeFirst();
  if (!row || taken.numDeletedRows === 0n || row.expires_at <= toInstant(clock.now())) throw new QinqiaoError('login_expired');
  return openFamilySession(db, clock, row.family_id, origin);
}

/** A session of a family member who has shown otherwise who he is. Throws `account_disabled`. */
export async function openFamilySession(db: Db, clock: Clock, familyId: string, origin: Origin = NOWHERE): Promise<NewLogin> {
  const family = await findFamilyAccount(db, familyId);
  if (family?.state !== 'active') throw new QinqiaoError('account_disabled');
  return openSession(db, clock, { role: 'family', subjectId: family.id, name: family.name, origin });
}
