import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  type CryptoProvider,
  type DatabaseOptions,
  type Db,
  migrate,
  newId,
  openDatabase,
  openSoftwareCrypto,
} from '@qinqiao/server-kit';
import { DatabasePool, runFolder } from '@qinqiao/server-kit/testing';
import type { DataScope } from '@qinqiao/contracts';
import { ensureBuiltInRoles, findAsker, setAccess } from './access/index.ts';
import type { LoggedIn } from './identity/index.ts';
import { migrations } from './index.ts';
import { addDevice, addOrgUnit, addRoom } from './organisation/index.ts';
import { addFamily, addInmate, addKinship, addOfficer } from './people/index.ts';

export { addFinishedRecording, sealNow } from './recordings/testing.ts';

/** The databases on which everything runs alike: `describe.each(DATABASES)`. */
export const DATABASES = ['sqlite', 'mariadb'] as const;
export type Database = (typeof DATABASES)[number];

export const TEST_SECRET = 't'.repeat(40);
/** So that what only adds test people needs no second argument for it. */
const cryptoOf = new WeakMap<Db, CryptoProvider>();

const pool = new DatabasePool(tmpdir(), migrations);

/** An empty store of its own for one test, at the newest version; disposing removes it. MariaDB is started when it is first asked for. */
export async function openTestStore({
  on = 'sqlite',
}: {
  on?: Database;
} = {}): Promise<{ db: Db; dataDir: string; options: DatabaseOptions; crypto: CryptoProvider } & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-test-'));
  const pooled = on === 'mariadb' ? await pool.take() : null;
  if (!pooled) await placeEmptyStore(dataDir);
  const options = { dataDir, databaseUrl: pooled?.url ?? null };
  const db = openDatabase(options);
  const dispose = async () => {
    await db.destroy();
    await pooled?.giveBack();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const crypto = openSoftwareCrypto({ dataDir, secret: TEST_SECRET });
  cryptoOf.set(db, crypto);
  return { db, dataDir, options, crypto, [Symbol.asyncDispose]: dispose };
}

let emptyStore: Promise<Buffer> | undefined;

/** Puts a store at the newest version into a data folder; the migrations run once for all tests of a run. */
async function placeEmptyStore(dataDir: string): Promise<void> {
  emptyStore ??= sharedFile();
  writeFileSync(join(dataDir, 'qinqiao.db'), await emptyStore);
}

/** Made by the first process of the run that needs it. */
async function sharedFile(): Promise<Buffer> {
  const run = runFolder();
  if (!run) return migratedFile();
  const shared = join(run, 'empty.db');
  if (existsSync(shared)) return readFileSync(shared);
  const content = await migratedFile();
  const own = join(run, `empty-${process.pid}.db`);
  writeFileSync(own, content);
  renameSync(own, shared);
  return content;
}

async function migratedFile(): Promise<Buffer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-test-'));
  const db = openDatabase({ dataDir });
  await migrate(db, migrations);
  // Closing brings all of it into the one file.
  await db.destroy();
  const content = readFileSync(join(dataDir, 'qinqiao.db'));
  rmSync(dataDir, { recursive: true, force: true });
  return content;
}

function cryptoFor(db: Db): CryptoProvider {
  const crypto = cryptoOf.get(db);
  if (!crypto) throw new Error('Only for stores of openTestStore');
  return crypto;
}

/** Who a request with this token comes from. Throws `not_logged_in`. */
export const findSession = async (db: Db, clock: Clock, token: string): Promise<LoggedIn> =>
  (await findAsker(db, clock, cryptoFor(db), token)).who;

/** Gives a test's officer these roles and this data scope; the built-in roles are made when they are missing. */
export async function grantTestAccess(
  { db, crypto }: { db: Db; crypto: CryptoProvider },
  officerId: string,
  access: { roles: readonly string[]; scope: DataScope },
): Promise<void> {
  await ensureBuiltInRoles(db, crypto);
  await setAccess(db, crypto, officerId, access);
}

/** One prison with a room and its tablet, an officer, an inmate and his mother; `passwordHash` serves both log-ins. */
export async function addTestPeople(db: Db, passwordHash = 'none') {
  const ids = { prison: newId(), ward: newId(), room: newId(), device: newId(), officer: newId(), inmate: newId(), family: newId() };
  const keys = { device: newId(), account: `o-${ids.officer}`, number: `n-${ids.inmate}`, phone: `p-${ids.family}` };
  await addOrgUnit(db, { id: ids.prison, parent_id: null, kind: 'prison', name: '测试监狱' });
  await addOrgUnit(db, { id: ids.ward, parent_id: ids.prison, kind: 'ward', name: '一监区' });
  await addRoom(db, { id: ids.room, prison_id: ids.prison, name: '会见室' });
  await addDevice(db, { id: ids.device, roomId: ids.room, name: '平板', key: keys.device });
  await addOfficer(db, { id: ids.officer, prison_id: ids.prison, account: keys.account, name: '张警官', password_hash: passwordHash });
  await addInmate(db, { id: ids.inmate, prison_id: ids.prison, ward_id: ids.ward, number: keys.number, name: '陈建国' });
  await addFamily(db, cryptoFor(db), {
    id: ids.family,
    prison_id: ids.prison,
    name: '陈秀英',
    phone: keys.phone,
    password_hash: passwordHash,
  });
  await addKinship(db, { family_id: ids.family, inmate_id: ids.inmate, relation: '母亲' });
  return { ids, keys };
}
export type TestPeople = Awaited<ReturnType<typeof addTestPeople>>;
