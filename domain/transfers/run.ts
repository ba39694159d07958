import { type FieldReason, QinqiaoError } from '@qinqiao/contracts';
import {
  type Bytes,
  type Clock,
  type CryptoProvider,
  type Db,
  harmless,
  refreshStatistics,
  streamWorkbook,
  writeAudit,
  toInstant,
} from '@qinqiao/server-kit';
import { loadAccess } from '../access/index.ts';
import { storeSeenBy } from '../index.ts';
import type { TransferFiles } from './files.ts';
import type { Importer, ImportContext, TransferColumn, TransferKind } from './kind.ts';
import { requireKind } from './registry.ts';
import { endTransfer, findTransfer, type TransferRow, updateTransfer } from './repository.ts';
import { ERROR_HEADING, openTable, portions } from './table.ts';

export interface ImportDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  files: TransferFiles;
  /** 0…100. */
  progress: (percent: number) => void;
}

const PORTION = 500;
/** Of the bar: checking, and then writing. */
const CHECKED = 90;

interface Checked {
  rows: number;
  wrong: Map<number, string>;
}

/**
 * Carries an import out from its beginning: checks and stages every row, then makes all of them real in one transaction, or none. Safe to
 * run again after it was broken off. Ends the transfer as `done` or `wrong`; throws what else prevents it.
 */
export async function runImport(deps: ImportDeps, transferId: string): Promise<void> {
  const transfer = await findTransfer(deps.db, transferId);
  if (transfer?.state !== 'running') return;
  const kind = requireKind(transfer.kind);
  const importer = await openImporter(deps, kind, transfer);
  await kind.discard?.(deps.db, transferId);
  const checked = await check(deps, kind, transfer, importer);
  await updateTransfer(deps.db, transferId, { total: checked.rows, wrong: checked.wrong.size });
  if (checked.wrong.size > 0) await endWrong(deps, kind, transfer, checked.wrong);
  else await finish(deps, transfer, importer);
  await refreshStatistics(deps.db);
  await kind.discard?.(deps.db, transferId);
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
  }
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

function problemText(columns: readonly TransferColumn[], problems: Record<string, FieldReason>): string {
  const texts = Object.entries(problems).map(([path, { zh, en }]) => {
    const [key] = path.split('.');
    const title = columns.find((column) => column.key === key)?.title;
    return title ? `${title.zh}：${zh} / ${title.en}: ${en}` : `${zh} / ${en}`;
  });
  return texts.join('\n');
}

async function endWrong(deps: ImportDeps, kind: TransferKind, transfer: TransferRow, wrong: Map<number, string>): Promise<void> {
  await using file = await deps.files.open(transfer.id, 'in');
  const table = await openTable(file, transfer.file_name, kind.columns, []);
  // Of a file of errors that was mended and sent again, the old errors go.
  const kept = table.headings.map((_, index) => index).filter((index) => table.headings[index] !== ERROR_HEADING);
  const columns = [...kept.map((index) => ({ header: table.headings[index] ?? '', width: 20 })), { header: ERROR_HEADING, width: 60 }];
  async function* rows() {
    for await (const { number, cells } of table.rows) yield [...kept.map((index) => harmless(cells[index] ?? '')), wrong.get(number) ?? ''];
  }
  const workbook = streamWorkbook('错误 Errors', columns, rows());
  await deps.files.write(transfer.id, 'errors', workbook, Number.POSITIVE_INFINITY);
  await endTransfer(deps.db, transfer.id, 'wrong', deps.clock.now(), { progress: 100, has_error_file: 1 });
}

/** What ends the transfer and what it changed are one transaction: neither is there without the other. */
async function finish({ db, clock, progress }: ImportDeps, transfer: TransferRow, importer: Importer): Promise<void> {
  progress(95);
  await db.transaction().execute(async (trx) => {
    const counts = transfer.check_only ? { added: 0, updated: 0 } : await importer.commit(trx);
    // Somebody cancelled it at the last moment.
    if (!(await endTransfer(trx, transfer.id, 'done', clock.now(), { progress: 100, ...counts }))) throw new QinqiaoError('wrong_state');
    const actor = { role: 'officer' as const, id: transfer.officer_id, name: transfer.officer_name };
    const detail = { kind: transfer.kind, mode: transfer.mode, checkOnly: transfer.check_only === 1, ...counts };
    const subject = { kind: 'transfer', id: transfer.id };
    await writeAudit(trx, { at: toInstant(clock.now()), actor, action: 'transfer.imported', subject, detail });
  });
}
