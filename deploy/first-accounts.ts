import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setAccess } from '@qinqiao/domain/access';
import { firstPassword, listOfficers, setPassword } from '@qinqiao/domain/officers';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer } from '@qinqiao/domain/people';
import { type Clock, type CryptoProvider, type Db, newId } from '@qinqiao/server-kit';

const ADMINISTRATORS = [
  { account: 'sysadmin', name: '系统管理员', role: 'system-admin' },
  { account: 'secadmin', name: '安全保密管理员', role: 'security-admin' },
  { account: 'auditor', name: '安全审计员', role: 'audit-admin' },
] as const;

export interface FirstLogin {
  account: string;
  name: string;
  password: string;
}

export const firstLoginsFile = (dataDir: string) => join(dataDir, 'first-logins.json');

/**
 * In a store without officers: the bureau and the three administrators that everything else is set up by, each with a password to be
 * changed at the first log-in. The passwords are written to a file that its owner alone can read. Answers whether it was so.
 */
export async function addFirstAccounts(
  { db, crypto, clock }: { db: Db; crypto: CryptoProvider; clock: Clock },
  dataDir: string,
): Promise<boolean> {
  const logins: FirstLogin[] = ADMINISTRATORS.map(({ account, name }) => ({ account, name, password: firstPassword() }));
  const added = await db.transaction().execute(async (trx) => {
    if ((await listOfficers(trx, { limit: 1 })).items.length > 0) return false;
    const bureau = newId();
    await addOrgUnit(trx, { id: bureau, parent_id: null, kind: 'bureau', name: '监狱管理局' });
    for (const [index, { account, name, role }] of ADMINISTRATORS.entries()) {
      const id = newId();
      await addOfficer(trx, { id, account, name, prison_id: bureau, password_hash: 'none' });
      await setPassword(trx, clock, id, logins[index]?.password ?? '', true);
      await setAccess(trx, crypto, id, { roles: [role], scope: { kind: 'bureau' } });
    }
    return true;
  });
  if (added) writeFileSync(firstLoginsFile(dataDir), JSON.stringify(logins, null, 2), { mode: 0o600 });
  return added;
}
