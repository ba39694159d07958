import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import {
  type Actor,
  type AuditTables,
  CHAIN_START,
  type ChainPoint,
  type Clock,
  type DatabaseOptions,
  type CryptoProvider,
  type Db,
  MIN_AUDIT_MONTHS,
  sealStream,
  toInstant,
  unsealStream,
  writeAudit,
} from '@qinqiao/server-kit';
import { addAnchor, lastPruned } from './anchors.ts';
import { checkChainInThread } from './chain-thread.ts';

export interface Archived {
  file: string;
  from: number;
  to: number;
  records: number;
  /** SM3 of the file, in hexadecimal. */
  sm3: string;
}

export interface ArchiveDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  dataDir: string;
  database: DatabaseOptions;
}

const FOLDER = 'audit-archive';
const contextOf = (file: string) => `audit archive ${file}`;
const BATCH = 2000;

/** The instant before which records may be archived: `months` calendar months ago, never fewer than `MIN_AUDIT_MONTHS`. */
export function archiveBefore(now: Date, months: number): string {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() - Math.max(MIN_AUDIT_MONTHS, Math.ceil(months)), 1);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return toInstant(date);
}

/**
 * Moves the records that are older than the retention from the beginning of the trail into a sealed, signed file. The signed anchor
 * that takes their place is where verification begins from then on. Answers null when there are none. Throws `data_damaged` when
 * the part to be archived is broken: it stays.
 */
export async function archiveAudit(deps: ArchiveDeps, months: number, actor: Actor): Promise<Archived | null> {
  const { db, clock, dataDir } = deps;
  const cutoff = archiveBefore(clock.now(), months);
  const start = (await lastPruned(db)) ?? CHAIN_START;
  const to = await lastOld(db, start.seq, cutoff);
  if (to === undefined) {
    await dropArchived(db);
    return null;
  }
  const from = { seq: start.seq, hash: start.hash };
  const { broken } = await checkChainInThread(deps.database, { start: from, points: [to], until: to.seq });
  if (broken) throw new QinqiaoError('data_damaged', { detail: `audit record ${broken.seq}: ${broken.fault}` });
  const file = `audit-${start.seq + 1}-${to.seq}.sealed`;
  await mkdir(join(dataDir, FOLDER), { recursive: true });
  const sm3 = await writeArchive(deps, file, { after: start.seq, to: to.seq });
  const archived = { file, from: start.seq + 1, to: to.seq, records: to.seq - start.seq, sm3 };
  await db.transaction().execute(async (trx) => {
    const at = toInstant(clock.now());
    await addAnchor(trx, deps.crypto, { kind: 'pruned', seq: to.seq, hash: to.hash, at, detail: JSON.stringify(archived) });
    await writeAudit(trx, {
      at,
      actor,
      action: 'audit.archive',
      subject: { kind: 'audit', id: file },
      detail: { ...archived, before: cutoff },
    });
  });
  await dropArchived(db);
  return archived;
}

/** The last record before the first one that is too young; records that came in the wrong order of time protect those before them. */
async function lastOld(db: Db, after: number, cutoff: string): Promise<ChainPoint | undefined> {
  let last: ChainPoint | undefined;
  for (;;) {
    const audit = db.withTables<AuditTables>().selectFrom('audit').select(['seq', 'hash', 'at']);
    const rows = await audit
      .where('seq', '>', last?.seq ?? after)
      .orderBy('seq')
      .limit(BATCH)
      .execute();
    for (const { seq, hash, at } of rows) {
      if (at >= cutoff) return last;
      last = { seq, hash };
    }
    if (rows.length < BATCH) return last;
    await nextTurn();
  }
}

/** Writes the records as lines of JSON, encrypted. On the disk when this answers the file's SM3. */
async function writeArchive({ db, crypto, dataDir }: ArchiveDeps, file: string, range: { after: number; to: number }): Promise<string> {
  const path = join(dataDir, FOLDER, file);
  const sm3 = createHash('sm3');
  const handle = await open(`${path}.tmp`, 'w', 0o600);
  try {
    for await (const piece of sealStream(crypto, contextOf(file), linesOf(db, range))) {
      sm3.update(piece);
      await handle.write(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
  return sm3.digest('hex');
}

async function* linesOf(db: Db, { after, to }: { after: number; to: number }): AsyncGenerator<Buffer> {
  for (let seq = after; seq < to; ) {
    const audit = db.withTables<AuditTables>().selectFrom('audit').selectAll().where('seq', '>', seq).where('seq', '<=', to);
    const rows = await audit.orderBy('seq').limit(BATCH).execute();
    const last = rows.at(-1);
    if (!last) return;
    yield Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    seq = last.seq;
  }
}

/** Takes away what the last anchor says is archived, a little at a time, so that nobody waits for it. Also goes on after a crash. */
async function dropArchived(db: Db): Promise<void> {
  const anchor = await lastPruned(db);
  const audit = db.withTables<AuditTables>();
  for (;;) {
    if (!anchor) return;
    const rows = await audit.selectFrom('audit').select('seq').where('seq', '<=', anchor.seq).orderBy('seq').limit(BATCH).execute();
    const last = rows.at(-1);
    if (!last) return;
    await audit.deleteFrom('audit').where('seq', '<=', last.seq).execute();
    await nextTurn();
  }
}

/** The records of an archive, as they were. Throws `data_damaged` when the file was changed. */
export async function* readArchive(
  { crypto, dataDir }: Pick<ArchiveDeps, 'crypto' | 'dataDir'>,
  file: string,
): AsyncGenerator<AuditTables['audit']> {
  if (!/^audit-\d+-\d+\.sealed$/.test(file)) throw new QinqiaoError('not_found');
  let rest = '';
  const path = join(dataDir, FOLDER, file);
  for await (const piece of unsealStream(crypto, contextOf(file), createReadStream(path))) {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as AuditTables['audit'];
  }
}

/** The archives that were made, the newest first. */
export async function listArchives(db: Db): Promise<(Archived & { at: string })[]> {
  const anchors = db.withTables<AuditTables>().selectFrom('audit_anchors').select(['detail', 'at']).where('kind', '=', 'pruned');
  const rows = await anchors.orderBy('seq', 'desc').limit(200).execute();
  return rows.map(({ detail, at }) => ({ ...(JSON.parse(detail) as Archived), at }));
}
