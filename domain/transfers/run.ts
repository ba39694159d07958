import { setTimeout as sleep } from 'node:timers/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Bytes, type Clock, type CryptoProvider, type Db, refreshTableStatistics, settleWrites, toInstant } from '@qinqiao/server-kit';
import { loadAccess } from '../access/index.ts';
import { storeSeenBy } from '../index.ts';
import { problemText, writeErrorFile } from './error-file.ts';
import type { TransferFiles } from './files.ts';
import type { Importer, ImportContext, TransferKind } from './kind.ts';
import { requireKind } from './registry.ts';
import { acceptTransfer, endTransfer, findTransfer, type TransferRow, updateTransfer } from './repository.ts';
import { PAUSE_MS, type Stepping } from './steps.ts';
import { openTable, portions } from './table.ts';
import { auditImport, CHECKED, discardStaged, writeAccepted } from './write.ts';

export interface ImportDeps extends Stepping {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  files: TransferFiles;
  /** 0…100. */
  progress: (percent: number) => void;
}

const PORTION = 500;
/** Rows after which what was staged is brought where it stays. */
const SETTLED = 2 * PORTION;

interface Checked {
  rows: number;
  wrong: Map<number, string>;
}

/**
 * Carries an import out: checks and stages every row, accepts them all in one transaction, or none, and then makes them real piece by piece.
 * Safe to run again wherever it was broken off: before it is accepted it begins anew, afterwards it goes on with the pieces that remain. Ends the transfer as
 * `done` or `wrong`; throws what else prevents it.
 */
export async function runImport(deps: ImportDeps, transferId: string): Promise<void> {
  const transfer = await findTransfer(deps.db, transferId);
  if (transfer?.state !== 'running' && transfer?.state !== 'writing') return;
  const kind = requireKind(transfer.kind);
  if (transfer.state === 'running') await decide(deps, kind, transfer);
  await writeAccepted(deps, kind, transferId);
  await refreshStatistics(deps, kind);
  await discardStaged(deps, kind, transferId);
}

/** The database would take its own time to see that there is much more in a table. */
async function refreshStatistics({ db, pause = sleep }: Stepping, { tables = [] }: TransferKind): Promise<void> {
  for (const table of tables) await refreshTableStatistics(db, table, () => pause(PAUSE_MS));
}

async function decide(deps: ImportDeps, kind: TransferKind, transfer: TransferRow): Promise<void> {
  const importer = await openImporter(deps, kind, transfer);
  await discardStaged(deps, kind, transfer.id);
  const { rows, wrong } = await check(deps, kind, transfer, importer);
  await updateTransfer(deps.db, transfer.id, { total: rows, wrong: wrong.size });
  if (wrong.size === 0) return accept(deps, kind, transfer, importer);
  await writeErrorFile(deps.files, kind, transfer, { wrong, only: false });
  await endTransfer(deps.db, transfer.id, 'wrong', deps.clock.now(), { progress: 100, has_error_file: 1 });
}

async function openImporter({ db, crypto, clock }: ImportDeps, kind: TransferKind, transfer: TransferRow): Promise<Importer> {
  const officer = await loadAccess(db, crypto, transfer.officer_id);
  if (!kind.importer || !kind.importPermission || !officer.permissions.has(kind.importPermission)) throw new QinqiaoError('forbidden');
  const { seen } = officer;
  const whose = { seen, seenDb: storeSeenBy(db, seen), officerId: officer.id, officerName: officer.name };
  const context: ImportContext = { db, crypto, ...whose, mode: transfer.mode, transferId: transfer.id, now: clock.now() };
  return kind.importer(context);
}

async function check(deps: ImportDeps, kind: TransferKind, transfer: TransferRow, importer: Importer): Promise<Checked> {
  await using file = await deps.files.open(transfer.id, 'in');
  const source = watched(file, (share) => deps.progress(share * CHECKED));
  const needed = kind.columns.filter(({ required }, index) => index === 0 || (required && transfer.mode === 'new')).map(({ key }) => key);
  const table = await openTable(source, transfer.file_name, kind.columns, needed);
  const wrong = new Map<number, string>();
  let rows = 0;
  for await (const portion of portions(table, PORTION)) {
    rows += portion.length;
    for (const [number, problems] of await importer.take(portion)) wrong.set(number, problemText(kind.columns, problems));
    if (rows % SETTLED === 0) await settleWrites(deps.db);
  }
  await importer.finish?.();
  if (rows === 0) throw new QinqiaoError('file_invalid');
  return { rows, wrong };
}

/** Tells how much of a file was read; archives are read from their end, which says nothing. */
function watched(file: Bytes, progress: (share: number) => void): Bytes {
  let read = 0;
  return {
    bytes: file.bytes,
    async *read(from, to) {
      for await (const piece of file.read(from, to)) {
        read += piece.length;
        progress(Math.min(1, read / file.bytes));
        yield piece;
      }
    },
  };
}

/**
 * Decides the import, which is audited in the same transaction: neither is there without the other. A kind that moves its rows does so
 * from here on whatever happens; the rows of others are real with it.
 */
async function accept({ db, clock }: ImportDeps, kind: TransferKind, transfer: TransferRow, importer: Importer): Promise<void> {
  const checkOnly = transfer.check_only === 1;
  // Long, and only reads: not in the transaction, for whose end others wait. What is changed after it is met by the pieces.
  if (!checkOnly) await importer.confirm?.();
  await db.transaction().execute(async (trx) => {
    const counts = checkOnly ? { added: 0, updated: 0 } : await importer.accept(trx);
    const ended = { state: 'done' as const, progress: 100, finished_at: toInstant(clock.now()), ...counts };
    const moves = kind.move !== undefined && !checkOnly;
    const change = moves ? { state: 'writing' as const, people: counts.added + counts.updated } : ended;
    // Somebody cancelled it at the last moment.
    if (!(await acceptTransfer(trx, transfer.id, change))) throw new QinqiaoError('wrong_state');
    await auditImport(trx, clock, transfer, 'transfer.imported', { mode: transfer.mode, checkOnly, ...counts });
  });
}
