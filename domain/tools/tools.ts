import { MOST_TOOL_BYTES, type NewTool, QinqiaoError, type ToolChange, type ToolView } from '@qinqiao/contracts';
import { type Actor, type CryptoProvider, type Db, newestFirst, StreamedFiles } from '@qinqiao/server-kit';
import type { ToolTables } from './migrations.ts';

type ToolRow = ToolTables['tools'];
const tables = (db: Db) => db.withTables<ToolTables>();

/** The files, encrypted on the disk: a program that was changed there is not handed out. `mostBytes`: more is refused with `tool_too_large`. */
export class ToolFiles extends StreamedFiles {
  constructor(dataDir: string, crypto: CryptoProvider, mostBytes = MOST_TOOL_BYTES) {
    super(dataDir, crypto, { what: 'tools', most: { bytes: mostBytes, code: 'tool_too_large' } });
  }
}

interface AddedTool {
  id: string;
  about: NewTool;
  file: { bytes: number; sm3: string };
  actor: Actor;
  at: string;
}

/** Offers a file that has come in under this id. */
export async function addTool(db: Db, { id, about, file, actor, at }: AddedTool): Promise<ToolView> {
  const { name, release, description, fileName } = about;
  const row: ToolRow = {
    id,
    name,
    release_name: release,
    description,
    file_name: fileName,
    ...file,
    enabled: 1,
    version: 1,
    officer_id: actor.id,
    officer_name: actor.name,
    created_at: at,
    updated_at: at,
  };
  await tables(db).insertInto('tools').values(row).execute();
  return viewOf(row);
}

/** Changes what is said of a tool; inside a transaction. Answers it before and after. Throws `not_found`, `edit_conflict`. */
export async function changeTool(
  trx: Db,
  id: string,
  { version, release, enabled, ...about }: ToolChange,
  at: string,
): Promise<{ before: ToolView; after: ToolView }> {
  const before = await lockTool(trx, id);
  if (before.version !== version) throw new QinqiaoError('edit_conflict');
  const row: ToolRow = {
    ...before,
    ...about,
    release_name: release,
    enabled: enabled ? 1 : 0,
    version: version + 1,
    updated_at: at,
  };
  await tables(trx).updateTable('tools').set(row).where('id', '=', id).execute();
  return { before: viewOf(before), after: viewOf(row) };
}

/** Takes the row away; inside a transaction. The file goes once that is committed. Throws `not_found`. */
export async function deleteTool(trx: Db, id: string): Promise<ToolView> {
  const row = await lockTool(trx, id);
  await tables(trx).deleteFrom('tools').where('id', '=', id).execute();
  return viewOf(row);
}

async function lockTool(trx: Db, id: string): Promise<ToolRow> {
  const row = await tables(trx).selectFrom('tools').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

/** Throws `not_found`, for one that is switched off too unless `all`. */
export async function findTool(db: Db, id: string, { all }: { all: boolean }): Promise<ToolView> {
  const row = await tables(db).selectFrom('tools').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || (row.enabled === 0 && !all)) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** The newest first; those that are switched off only with `all`. */
export async function listTools(
  db: Db,
  { all, cursor, limit }: { all: boolean; cursor?: string | undefined; limit: number },
): Promise<{ items: ToolView[]; next: string | null }> {
  let query = tables(db).selectFrom('tools').selectAll();
  if (!all) query = query.where('enabled', '=', 1);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map(viewOf), next };
}

const viewOf = (row: ToolRow): ToolView => ({
  id: row.id,
  name: row.name,
  release: row.release_name,
  description: row.description,
  fileName: row.file_name,
  bytes: Number(row.bytes),
  sm3: row.sm3,
  enabled: row.enabled === 1,
  version: row.version,
  officerName: row.officer_name,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
