import type { Db } from '@qinqiao/server-kit';
import type { RegistrationTables } from './migrations.ts';

/** The mini-program's identity of somebody whose real name WeChat proved; null otherwise. */
export async function wechatIdentityOf(db: Db, familyId: string): Promise<string | null> {
  const query = db.withTables<RegistrationTables>().selectFrom('registrations').select('reference');
  return (await query.where('family_id', '=', familyId).where('identity', '=', 'wechat').executeTakeFirst())?.reference ?? null;
}
