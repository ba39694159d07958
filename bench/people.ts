import { setAccess } from '@qinqiao/domain/access';
import { startTransfers } from '@qinqiao/domain/transfers';
import { createLogger, type CryptoProvider, type Db, hashPassword, refreshStatistics, systemClock } from '@qinqiao/server-kit';
import { BENCH_PASSWORD } from './clients/index.ts';
import { addBenchPeople, FAMILIES, INMATES, PRISONS } from './people/generate.ts';
import { benchImport } from './people/import.ts';
import { benchQueries } from './people/queries.ts';
import { SECRET, serveRest } from './serve.ts';
import { progress } from './stage.ts';
import { openBenchStore } from './store.ts';

export interface PeopleStage {
  url: string;
  store: { dataDir: string; databaseUrl: string | null };
  db: Db;
  crypto: CryptoProvider;
}

/**
 * Lists, searches and details of people at the REST API, with one client and with 200 at once, and an import of 100,000 rows beside
 * them. `--on mariadb`: on a private MariaDB; else on SQLite.
 */
export async function benchPeople() {
  await using stack = new AsyncDisposableStack();
  const { on, db, crypto, dataDir, databaseUrl } = await openBenchStore(stack);
  const generated = performance.now();
  await addBenchPeople(db, crypto, await hashPassword(BENCH_PASSWORD));
  for (const { id, scope } of [
    { id: 'officer-bureau', scope: { kind: 'bureau' as const } },
    { id: 'officer-prison', scope: { kind: 'prisons' as const, ids: ['prison-3'] } },
    { id: 'officer-ward', scope: { kind: 'wards' as const, ids: ['prison-3-ward-2'] } },
  ]) {
    await setAccess(db, crypto, id, { roles: ['business-admin'], scope });
  }
  await setAccess(db, crypto, 'officer-system', { roles: ['system-admin'], scope: { kind: 'bureau' } });
  await refreshStatistics(db);
  progress(`generated in ${Math.round((performance.now() - generated) / 1000)} s`);
  const url = await serveRest(stack, { db, crypto, dataDir });
  stack.use(
    startTransfers({
      db,
      crypto,
      clock: systemClock,
      log: createLogger('bench', 'warn'),
      config: { dataDir, databaseUrl, secret: SECRET },
    }),
  );
  const stage = { url, store: { dataDir, databaseUrl }, db, crypto };
  const queries = await benchQueries(stage);
  return { on, prisons: PRISONS, inmates: INMATES, families: FAMILIES, queries, import: await benchImport(stage) };
}
