import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '@qinqiao/domain';
import { type AuditFilter, searchAudit, verifyTrail } from '@qinqiao/domain/audit';
import {
  AUDIT_INDEXES,
  type AuditRow,
  type AuditTables,
  auditHash,
  type DatabaseOptions,
  type Db,
  isSqlite,
  migrate,
  newId,
  openDatabase,
  openSoftwareCrypto,
  protectAudit,
  systemClock,
} from '@qinqiao/server-kit';
import { siteLikeMariaDb, unprotectAudit } from '@qinqiao/server-kit/testing';
import { sql } from 'kysely';
import { measureRest } from './audit-rest.ts';
import { SECRET } from './serve.ts';
import { progress } from './stage.ts';
import { summary } from './statistics.ts';

const DAYS = 365;
const BATCH = { sqlite: 50, mariadb: 1000 };
const ACTIONS = [
  'inmate.view',
  'inmate.edit',
  'family.view',
  'recording.view',
  'session.open',
  'call.monitor',
  'call.create',
  'word.add',
  'parameter.set',
  'security.refused',
];

/**
 * `npm run bench -- audit [--on mariadb] [--records 5000000]`: a trail of a year by 2,000 officers; searches of every sort as a page shows
 * them (20 records), at the domain's function and at the REST API, there with 200 clients too; and the full verification in its thread.
 */
export async function benchAudit(args: string[] = process.argv) {
  const option = (name: string) => args[args.indexOf(`--${name}`) + 1];
  const on = args.includes('--on') ? (option('on') as 'sqlite' | 'mariadb') : 'sqlite';
  const records = args.includes('--records') ? Number(option('records')) : 5_000_000;
  const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-bench-audit-'));
  const databaseUrl = on === 'mariadb' ? await (await siteLikeMariaDb()).createDatabase() : null;
  const database = { dataDir, databaseUrl };
  const db = openDatabase(database);
  try {
    await migrate(db, migrations);
    const written = await fill(db, records, BATCH[on]);
    const search = await measureSearch(db);
    const verify = await measureVerification(db, database);
    // Last, as it writes records of its own: who searched the trail is in it.
    return { on, records, written, search, verify, rest: await measureRest(db, database, CASES) };
  } finally {
    await db.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The full verification as the button and the command make it. CPU: of this process, which on a busy machine says more than the time. */
async function measureVerification(db: Db, database: DatabaseOptions) {
  const crypto = openSoftwareCrypto({ dataDir: database.dataDir, secret: SECRET });
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const { checked, broken } = await verifyTrail({ db, crypto, clock: systemClock, database, extent: 'full' });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const rate = (over: number) => Math.round(checked / over);
  return { checked, broken, seconds: Math.round(seconds * 10) / 10, perSecond: rate(seconds), perCpuSecond: rate((user + system) / 1e6) };
}

/** Writes the chain past the product's own path, without its indexes and triggers, which are made afterwards. */
async function fill(db: Db, records: number, batch: number): Promise<{ seconds: number }> {
  const started = performance.now();
  const audit = db.withTables<AuditTables>();
  await unprotectAudit(db);
  for (const name of Object.keys(AUDIT_INDEXES)) {
    const drop = db.schema.dropIndex(name);
    await (isSqlite(db) ? drop : drop.on('audit')).execute();
  }
  let previous = '0'.repeat(64);
  for (let from = 1; from <= records; from += PART) {
    previous = await fillPart(db, { from, to: Math.min(records, from + PART - 1), records, batch, previous });
    progress(`${from + PART - 1} records`);
  }
  await audit.updateTable('audit_head').set({ seq: records, hash: previous }).execute();
  for (const [name, columns] of Object.entries(AUDIT_INDEXES)) await db.schema.createIndex(name).on('audit').columns(columns).execute();
  if (!isSqlite(db)) await sql`analyze table audit`.execute(db);
  await protectAudit(db);
  return { seconds: Math.round((performance.now() - started) / 1000) };
}

const PART = 50_000;

/** One transaction of the chain. Answers the hash of its last record. */
async function fillPart(db: Db, part: { from: number; to: number; records: number; batch: number; previous: string }): Promise<string> {
  const { from, to, records, batch } = part;
  let { previous } = part;
  await db.transaction().execute(async (trx) => {
    for (let begin = from; begin <= to; begin += batch) {
      const rows = Array.from({ length: Math.min(batch, to - begin + 1) }, (_, i) => {
        const row = recordOf(begin + i, records, previous);
        previous = row.hash;
        return row;
      });
      await trx.withTables<AuditTables>().insertInto('audit').values(rows).execute();
    }
  });
  return previous;
}

const START = Date.now() - DAYS * 86_400_000;

function recordOf(seq: number, records: number, previous: string): AuditRow {
  const officer = (seq * 7919) % 2000;
  const row = {
    seq,
    at: new Date(START + (seq / records) * DAYS * 86_400_000).toISOString(),
    actor_role: 'officer',
    actor_id: `officer-${officer}`,
    actor_name: `民警${officer % 1500}`,
    action: ACTIONS[(seq * 31) % ACTIONS.length] ?? '',
    subject_kind: seq % 3 ? 'inmate' : 'call',
    subject_id: `subject-${(seq * 104_729) % 50_000}`,
    detail: JSON.stringify({
      before: { level: '普管', note: `第${seq % 977}次` },
      after: { level: '宽管', note: `第${(seq + 1) % 977}次` },
    }),
    previous_hash: previous,
    format: 2,
    address: `10.${seq % 15}.${seq % 7}.${(seq * 13) % 200}`,
    request_id: newId(),
  };
  return { ...row, hash: auditHash(row) };
}

type Case = (i: number) => AuditFilter;
const at = (share: number) => new Date(START + share * DAYS * 86_400_000).toISOString();
const CASES: Record<string, Case> = {
  newest: () => ({}),
  timeRange: (i) => ({ from: at((i % 300) / 310), to: at((i % 300) / 310 + 0.01) }),
  actor: (i) => ({ actorId: `officer-${(i * 37) % 2000}` }),
  actorName: (i) => ({ actorName: `民警${(i * 37) % 1500}` }),
  actorAndAction: (i) => ({ actorId: `officer-${(i * 37) % 2000}`, action: ACTIONS[i % 10] ?? '' }),
  action: (i) => ({ action: ACTIONS[i % 10] ?? '', to: at(0.2 + (i % 70) / 100) }),
  subject: (i) => ({ subjectKind: 'inmate', subjectId: `subject-${(i * 991) % 50_000}` }),
  kind: (i) => ({ subjectKind: 'call', to: at(0.2 + (i % 70) / 100) }),
  address: (i) => ({ address: `10.${i % 15}.${i % 7}.${(i * 13) % 200}` }),
  addressAndAction: (i) => ({ address: `10.${i % 15}.${i % 7}.${(i * 13) % 200}`, action: ACTIONS[i % 10] ?? '' }),
  text: (i) => ({ text: `第${i % 977}次` }),
  textThatIsNowhere: (i) => ({ text: `没有${i}` }),
  textLongAgo: (i) => ({ text: `第${i % 977}次`, to: at(0.2 + (i % 70) / 100) }),
  kindAndActionLongAgo: (i) => ({ subjectKind: 'call', action: ACTIONS[i % 10] ?? '', to: at(0.2 + (i % 70) / 100) }),
  textOfActor: (i) => ({ actorId: `officer-${(i * 37) % 2000}`, text: `第${i % 977}次` }),
};
const EACH = 60;

/** Milliseconds for a first page and the one after it, by what was asked. */
async function measureSearch(db: Db) {
  const all: number[] = [];
  const byCase: Record<string, ReturnType<typeof summary>> = {};
  for (const [name, filterOf] of Object.entries(CASES)) {
    const taken: number[] = [];
    for (let i = 0; i < EACH; i++) {
      let cursor: string | undefined;
      for (let page = 0; page < 2; page++) {
        const started = performance.now();
        const { next } = await searchAudit(db, filterOf(i), { limit: 20, cursor });
        taken.push(performance.now() - started);
        if (next === null) break;
        cursor = next;
      }
    }
    byCase[name] = summary(taken);
    all.push(...taken);
    progress(`${name}: p95 ${byCase[name].p95} ms`);
  }
  return { all: summary(all), byCase };
}
