import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer } from '@qinqiao/domain/people';
import { ensureBuiltInRoles, setAccess } from '@qinqiao/domain/access';
import type { AuditFilter } from '@qinqiao/domain/audit';
import { setParameter } from '@qinqiao/domain/settings';
import { type Db, hashPassword, openSoftwareCrypto, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { BENCH_PASSWORD, BenchClient, crowdOf } from './clients/index.ts';
import { restProcesses, SECRET, serveRest } from './serve.ts';
import { progress } from './stage.ts';
import { summary } from './statistics.ts';

type Cases = Record<string, (i: number) => AuditFilter>;
const EACH = 60;

/** The same searches through the REST API, as the audit administrator's pages ask them: by one client, and by 200 at once, on one process and on two. */
export async function measureRest(db: Db, database: { dataDir: string; databaseUrl: string | null }, cases: Cases): Promise<object> {
  await using stack = new AsyncDisposableStack();
  const crypto = openSoftwareCrypto({ dataDir: database.dataDir, secret: SECRET });
  await ensureBuiltInRoles(db, crypto);
  await setParameter(db, { key: 'login.secondFactor', value: 'optional', version: 0 }, SYSTEM_ACTOR, toInstant(Date.now()));
  await addOrgUnit(db, { id: 'bureau', parent_id: null, kind: 'bureau', name: '局' });
  const password_hash = await hashPassword(BENCH_PASSWORD);
  await addOfficer(db, { id: 'officer-audit', prison_id: 'bureau', account: 'audit', name: '审计员', password_hash });
  await setAccess(db, crypto, 'officer-audit', { roles: ['audit-admin'], scope: { kind: 'bureau' } });
  const url = await serveRest(stack, { db, crypto, dataDir: database.dataDir });
  const client = await BenchClient.logIn(url, 'audit');
  const one: Record<string, object> = {};
  for (const [name, filterOf] of Object.entries(cases)) {
    const times: number[] = [];
    for (let i = 0; i < EACH; i++) times.push((await client.ask(pathOf(filterOf(i)))).ms);
    one[name] = summary(times);
    progress(`REST, ${name}: ${JSON.stringify(one[name])}`);
  }
  const paths = Array.from({ length: 40 }, (_, i) => Object.values(cases).map((filterOf) => pathOf(filterOf(i)))).flat();
  const crowd = await crowdOf({ url, accounts: ['audit'], paths });
  const two = await restProcesses(stack, database, 2);
  return { one, crowd, onTwoProcesses: await crowdOf({ url: two, accounts: ['audit'], paths }) };
}

const pathOf = (filter: AuditFilter) => `/api/audit/records?${new URLSearchParams({ limit: '20', ...filter } as Record<string, string>)}`;
