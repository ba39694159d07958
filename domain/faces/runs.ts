import { type FaceRunRow, type FaceRunView, type FaceSubject, type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, newestFirst, newId, toInstant } from '@qinqiao/server-kit';
import type { FaceTables } from './migrations.ts';

export type FaceRun = FaceTables['face_runs'];
const tables = (db: Db) => db.withTables<FaceTables>();
const parsed = (text: string | null): Localised | null => (text === null ? null : (JSON.parse(text) as Localised));

interface NewRun {
  id?: string;
  kind: FaceRun['kind'];
  subject: FaceSubject | null;
  officer: Pick<Actor, 'id' | 'name'>;
  fileName: string;
  model: string;
}

export async function addRun(trx: Db, { id = newId(), kind, subject, officer, fileName, model }: NewRun, now: Date): Promise<FaceRun> {
  const row: FaceRun = {
    id,
    kind,
    subject,
    officer_id: officer.id,
    officer_name: officer.name,
    state: 'queued',
    file_name: fileName,
    model,
    total: 0,
    done: 0,
    enrolled: 0,
    refused: 0,
    error: null,
    created_at: toInstant(now),
    finished_at: null,
  };
  await tables(trx).insertInto('face_runs').values(row).execute();
  return row;
}

export async function findRun(db: Db, id: string): Promise<FaceRun | undefined> {
  return tables(db).selectFrom('face_runs').selectAll().where('id', '=', id).executeTakeFirst();
}

/** An officer's own run. Throws `not_found`. */
export async function requireRun(db: Db, officerId: string, id: string): Promise<FaceRun> {
  const run = await findRun(db, id);
  if (run?.officer_id !== officerId) throw new QinqiaoError('not_found');
  return run;
}

export async function updateRun(db: Db, id: string, change: Partial<Omit<FaceRun, 'id'>>): Promise<void> {
  await tables(db).updateTable('face_runs').set(change).where('id', '=', id).execute();
}

/** A recomputing that has not ended, whoever began it. */
export async function runningRecompute(db: Db): Promise<FaceRun | undefined> {
  const open = tables(db).selectFrom('face_runs').selectAll().where('kind', '=', 'recompute').where('state', 'in', ['queued', 'running']);
  return open.executeTakeFirst();
}

/** Runs that a stop or a crash left. */
export async function unfinishedRuns(db: Db): Promise<string[]> {
  const rows = await tables(db).selectFrom('face_runs').select('id').where('state', 'in', ['queued', 'running']).execute();
  return rows.map(({ id }) => id);
}

interface Paging {
  cursor?: string | undefined;
  limit: number;
}

export async function listRuns(
  db: Db,
  officerId: string,
  { cursor, limit }: Paging,
): Promise<{ items: FaceRunView[]; next: string | null }> {
  let query = tables(db).selectFrom('face_runs').selectAll().where('officer_id', '=', officerId);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map(viewRun), next };
}

export const viewRun = (row: FaceRun): FaceRunView => ({
  id: row.id,
  kind: row.kind,
  subject: row.subject,
  state: row.state,
  fileName: row.file_name,
  total: row.total,
  done: row.done,
  enrolled: row.enrolled,
  refused: row.refused,
  error: parsed(row.error),
  by: row.officer_name,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

/** What became of one file. A run that begins anew after a crash leaves out what it has noted. */
export async function addRunRow(trx: Db, row: Omit<FaceTables['face_run_rows'], 'id'>): Promise<void> {
  await tables(trx)
    .insertInto('face_run_rows')
    .values({ ...row, id: newId() })
    .execute();
}

export async function notedFiles(db: Db, runId: string): Promise<Set<number>> {
  const rows = await tables(db).selectFrom('face_run_rows').select('no').where('run_id', '=', runId).execute();
  return new Set(rows.map(({ no }) => no));
}

/** The files of a run, in the order of the zip. */
export async function listRunRows(
  db: Db,
  runId: string,
  { refused, cursor, limit }: Paging & { refused?: boolean | undefined },
): Promise<{ items: FaceRunRow[]; next: string | null }> {
  let query = tables(db).selectFrom('face_run_rows').selectAll().where('run_id', '=', runId);
  if (refused !== undefined) query = query.where('ok', '=', refused ? 0 : 1);
  if (cursor !== undefined) query = query.where('no', '>', Number(cursor) || 0);
  const rows = await query
    .orderBy('no')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const items = page.map((row) => ({
    id: row.id,
    fileName: row.file_name,
    person: row.person,
    ok: row.ok === 1,
    reason: parsed(row.reason),
  }));
  return { items, next: rows.length > limit ? String(page.at(-1)?.no ?? '') : null };
}

/** Runs that ended before this instant go, with what they noted. */
export async function forgetRuns(db: Db, before: string): Promise<number> {
  const old = tables(db).selectFrom('face_runs').select('id').where('state', 'in', ['done', 'failed']).where('created_at', '<', before);
  const ids = (await old.limit(1000).execute()).map(({ id }) => id);
  if (ids.length === 0) return 0;
  await tables(db).deleteFrom('face_run_rows').where('run_id', 'in', ids).execute();
  await tables(db).deleteFrom('face_runs').where('id', 'in', ids).execute();
  return ids.length;
}
