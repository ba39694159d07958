import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '@qinqiao/domain';
import { ensureBuiltInRoles } from '@qinqiao/domain/access';
import { finishPeople } from '@qinqiao/domain/people';
import { setParameter } from '@qinqiao/domain/settings';
import { type CryptoProvider, type Db, migrate, openDatabase, openSoftwareCrypto, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { siteLikeMariaDb } from '@qinqiao/server-kit/testing';
import { SECRET } from './serve.ts';

export interface BenchStore {
  on: 'sqlite' | 'mariadb';
  db: Db;
  crypto: CryptoProvider;
  dataDir: string;
  databaseUrl: string | null;
}

/** An empty store, gone with the stack, in which officers log in by password alone. With `--on mariadb` on a MariaDB set as a site's, else on SQLite. */
export async function openBenchStore(stack: AsyncDisposableStack): Promise<BenchStore> {
  const on = process.argv.includes('mariadb') ? 'mariadb' : 'sqlite';
  const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-bench-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const databaseUrl = on === 'mariadb' ? await (await siteLikeMariaDb()).createDatabase() : null;
  const db = openDatabase({ dataDir, databaseUrl });
  stack.defer(() => db.destroy());
  await migrate(db, migrations);
  const crypto = openSoftwareCrypto({ dataDir, secret: SECRET });
  await finishPeople(db, crypto);
  await ensureBuiltInRoles(db, crypto);
  await setParameter(db, { key: 'login.secondFactor', value: 'optional', version: 0 }, SYSTEM_ACTOR, toInstant(Date.now()));
  return { on, db, crypto, dataDir, databaseUrl };
}
