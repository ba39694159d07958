import { QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, hashPassword, toInstant, verifyPassword } from '@qinqiao/server-kit';
import type { OfficerTables } from './migrations.ts';

const officers = (db: Db) => db.withTables<OfficerTables>();

export interface OfficerLogin {
  id: string;
  account: string;
  name: string;
  passwordHash: string;
  enabled: boolean;
  mustChangePassword: boolean;
}

/** What a log-in needs of an account, by its name or its id. */
export async function findOfficerLogin(db: Db, by: string | { id: string }): Promise<OfficerLogin | undefined> {
  const query = officers(db).selectFrom('officers').selectAll();
  const row = await (typeof by === 'string' ? query.where('account', '=', by) : query.where('id', '=', by.id)).executeTakeFirst();
  if (!row) return undefined;
  const { id, account, name, password_hash: passwordHash } = row;
  return { id, account, name, passwordHash, enabled: row.enabled === 1, mustChangePassword: row.must_change_password === 1 };
}

/** Throws `login_failed` when the old password is wrong, `password_reused` when the new one is the old one or holds the account. */
export async function changePassword(
  db: Db,
  clock: Clock,
  officerId: string,
  { old, new: wanted }: { old: string; new: string },
): Promise<void> {
  const officer = await findOfficerLogin(db, { id: officerId });
  if (!officer || !(await verifyPassword(old, officer.passwordHash))) throw new QinqiaoError('login_failed');
  const holdsAccount = wanted.toLowerCase().includes(officer.account.toLowerCase());
  if (old === wanted || holdsAccount) throw new QinqiaoError('password_reused');
  await setPassword(db, clock, officerId, wanted, false);
}

/** Sets a password, which its owner may have to change at the next log-in. */
export async function setPassword(db: Db, clock: Clock, officerId: string, password: string, mustChange: boolean): Promise<void> {
  const content = { password_hash: await hashPassword(password), must_change_password: mustChange ? (1 as const) : (0 as const) };
  await officers(db)
    .updateTable('officers')
    .set({ ...content, updated_at: toInstant(clock.now()) })
    .where('id', '=', officerId)
    .execute();
}
