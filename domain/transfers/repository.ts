import { ERRORS, type FieldReason, fieldReason, type ImportMode, QinqiaoError, type TransferView } from '@qinqiao/contracts';
import { type Db, newestFirst, newId, toInstant } from '@qinqiao/server-kit';
import type { Moved } from './kind.ts';
import type { TransferTables } from './migrations.ts';
import { findKind } from './registry.ts';

export type TransferRow = TransferTables['transfers'];
const LEFT_AT_ONCE = 500;
const transfers = (db: Db) => db.withTables<TransferTables>();

export interface NewTransfer {
  id?: string;
  direction: 'import' | 'export';
  kind: string;
  mode?: ImportMode;
  checkOnly?: boolean;
  fileName: string;
  officer: { id: string; name: string };
}

export async function addTransfer(db: Db, transfer: NewTransfer, now: Date): Promise<TransferRow> {
  const { id = newId(), direction, kind, mode = 'new', checkOnly = false, fileName, officer } = transfer;
  const whose = { officer_id: officer.id, officer_name: officer.name, created_at: toInstant(now), finished_at: null };
  const counts = { progress: 0, total: 0, added: 0, updated: 0, wrong: 0, people: 0, left_rows: 0 };
  const flags = { check_only: checkOnly ? (1 as const) : (0 as const), has_error_file: 0 as const, cancel_asked: 0 as const };
  const state = direction === 'import' ? ('queued' as const) : ('running' as const);
  const row = { id, direction, kind, mode, file_name: fileName, state, error: null, ...whose, ...counts, ...flags };
  await transfers(db).insertInto('transfers').values(row).execute();
  return row;
}

export const findTransfer = (db: Db, id: string): Promise<TransferRow | undefined> =>
  transfers(db).selectFrom('transfers').selectAll().where('id', '=', id).executeTakeFirst();

/** An officer's own. Throws `not_found` for another's too. */
export async function requireTransfer(db: Db, officerId: string, id: string): Promise<TransferRow> {
  const row = await findTransfer(db, id);
  if (row?.officer_id !== officerId) throw new QinqiaoError('not_found');
  return row;
}

/** An officer's own, the newest first. */
export async function listTransfers(
  db: Db,
  officerId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: TransferView[]; next: string | null }> {
  let query = transfers(db).selectFrom('transfers').selectAll().where('officer_id', '=', officerId);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map(viewTransfer), next };
}

export async function updateTransfer(db: Db, id: string, change: Partial<TransferRow>): Promise<void> {
  await transfers(db).updateTable('transfers').set(change).where('id', '=', id).execute();
}

/** Begins an import, or begins it anew. Answers false when it is decided already, or has ended. */
export async function beginTransfer(db: Db, id: string): Promise<boolean> {
  const fresh = { state: 'running' as const, progress: 0, total: 0, wrong: 0 };
  const begun = transfers(db).updateTable('transfers').set(fresh).where('id', '=', id).where('state', 'in', ['queued', 'running']);
  return (await begun.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Ends a transfer that has not ended yet. Answers whether it was this call that did. */
export async function endTransfer(
  db: Db,
  id: string,
  state: TransferRow['state'],
  now: Date,
  more: Partial<TransferRow> = {},
): Promise<boolean> {
  const ended = transfers(db)
    .updateTable('transfers')
    .set({ ...more, state, finished_at: toInstant(now) })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running']);
  return (await ended.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Asks an import to stop. Answers false when it can no longer: it has ended, or is decided. */
export async function askToCancel(db: Db, id: string): Promise<boolean> {
  const asked = transfers(db).updateTable('transfers').set({ cancel_asked: 1 }).where('id', '=', id);
  return (await asked.where('state', 'in', ['queued', 'running']).executeTakeFirst()).numUpdatedRows > 0n;
}

/** Decides an import that nobody wants to stop. Answers whether it was this call that did. */
export async function acceptTransfer(db: Db, id: string, change: Partial<TransferRow> & Pick<TransferRow, 'state'>): Promise<boolean> {
  const accepted = transfers(db).updateTable('transfers').set(change).where('id', '=', id).where('state', '=', 'running');
  return (await accepted.where('cancel_asked', '=', 0).executeTakeFirst()).numUpdatedRows > 0n;
}

/** Notes what came of a piece of an accepted import, within its transaction. */
export async function noteMoved(trx: Db, { id, added, updated, left_rows }: TransferRow, moved: Moved): Promise<void> {
  const left = new Set(moved.left.map(({ number }) => number)).size;
  const counts = { added: added + moved.added, updated: updated + moved.updated, left_rows: left_rows + left };
  await updateTransfer(trx, id, counts);
  const rows = moved.left.map(({ number, column, reason }) => ({ transfer_id: id, row_number: number, column_key: column, reason }));
  for (let at = 0; at < rows.length; at += LEFT_AT_ONCE) {
    await transfers(trx)
      .insertInto('transfer_left')
      .values(rows.slice(at, at + LEFT_AT_ONCE))
      .execute();
  }
}

/** The rows that an accepted import left alone, and why, by their number in the file. */
export async function leftRows(db: Db, id: string): Promise<Map<number, Record<string, FieldReason>>> {
  const rows = await transfers(db).selectFrom('transfer_left').selectAll().where('transfer_id', '=', id).execute();
  const left = new Map<number, Record<string, FieldReason>>();
  for (const { row_number, column_key, reason } of rows)
    left.set(row_number, { ...left.get(row_number), [column_key]: fieldReason(reason) });
  return left;
}

/** Ends an import of which nothing is left to write. Answers whether it was this call that did. */
export async function endWriting(db: Db, id: string, now: Date, more: Partial<TransferRow>): Promise<boolean> {
  const end = { ...more, state: 'done' as const, progress: 100, finished_at: toInstant(now) };
  const ended = transfers(db).updateTable('transfers').set(end).where('id', '=', id).where('state', '=', 'writing');
  return (await ended.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Locks a transfer until the transaction's end. */
export const lockTransfer = (trx: Db, id: string): Promise<TransferRow | undefined> =>
  transfers(trx).selectFrom('transfers').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

export async function importsIn(db: Db, states: readonly TransferRow['state'][]): Promise<string[]> {
  const open = transfers(db).selectFrom('transfers').select('id').where('state', 'in', states);
  return (await open.where('direction', '=', 'import').execute()).map(({ id }) => id);
}

export async function forgetLeftRows(db: Db, id: string): Promise<void> {
  await transfers(db).deleteFrom('transfer_left').where('transfer_id', '=', id).execute();
}

/** Transfers older than this, whose files may go. */
export async function oldTransfers(db: Db, before: string): Promise<string[]> {
  const rows = await transfers(db)
    .selectFrom('transfers')
    .select('id')
    .where('created_at', '<', before)
    .where('has_error_file', '=', 1)
    .execute();
  return rows.map(({ id }) => id);
}

export function viewTransfer(row: TransferRow): TransferView {
  const title = findKind(row.kind)?.title ?? { zh: row.kind, en: row.kind };
  return {
    id: row.id,
    direction: row.direction,
    kind: row.kind,
    title,
    state: row.state,
    mode: row.mode,
    checkOnly: row.check_only === 1,
    fileName: row.file_name,
    progress: row.progress,
    rows: row.total,
    added: row.added,
    updated: row.updated,
    wrong: row.wrong,
    left: row.left_rows,
    error: row.error === null ? null : (JSON.parse(row.error) as TransferView['error']),
    hasErrorFile: row.has_error_file === 1,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

/** Why a transfer failed, as it is stored. */
export function errorColumn(error: QinqiaoError): string {
  const { zh, en } = ERRORS[error.code];
  const fields = Object.values(error.fieldTexts ?? {});
  const more = (language: 'zh' | 'en') => fields.map((text) => text[language]).join('; ');
  return JSON.stringify(fields.length > 0 ? { zh: `${zh}：${more('zh')}`, en: `${en}: ${more('en')}` } : { zh, en });
}
