import { type Instant, MOST_PAPERS, type PaperKind, type PaperView, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newId } from '@qinqiao/server-kit';
import type { Readable } from 'node:stream';
import type { AttachmentFiles } from './files.ts';
import type { AttachmentTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<AttachmentTables>();
const FULL = { zh: `最多保存 ${MOST_PAPERS} 份材料，请先删除不用的`, en: `At most ${MOST_PAPERS} papers; delete some first` };

interface NewPaper {
  familyId: string;
  kind: PaperKind;
  name: string;
  content: AsyncIterable<Uint8Array>;
}

/** Keeps a family member's paper. Throws `file_invalid` naming why: not of the types taken, too large, too many. */
export async function addPaper(db: Db, files: AttachmentFiles, paper: NewPaper, at: Instant): Promise<PaperView> {
  const { familyId, kind, name, content } = paper;
  await assertRoom(db, familyId);
  const id = newId();
  const written = await files.write(id, content);
  const row = { id, family_id: familyId, kind, file_name: cleanName(name), ...written, created_at: at };
  try {
    await db.transaction().execute(async (trx) => {
      // Counted again, so that several at once do not pass the limit together.
      await assertRoom(trx, familyId);
      await tables(trx).insertInto('attachments').values(row).execute();
    });
  } catch (error) {
    await files.remove(id);
    throw error;
  }
  return viewPaper(row);
}

async function assertRoom(db: Db, familyId: string): Promise<void> {
  const own = tables(db).selectFrom('attachments').select('id').where('family_id', '=', familyId).forUpdate();
  if ((await own.execute()).length >= MOST_PAPERS) throw new QinqiaoError('file_invalid', { fields: { file: FULL } });
}

// oxlint-disable-next-line no-control-regex
const cleanName = (name: string) => name.replace(/[\u0000-\u001f\u007f/\\]/g, '_').slice(0, 128);

/** A family member's papers, the newest first. */
export async function listPapers(db: Db, familyId: string): Promise<PaperView[]> {
  const own = tables(db).selectFrom('attachments').selectAll().where('family_id', '=', familyId);
  return (await own.orderBy('id', 'desc').execute()).map(viewPaper);
}

/** These papers, in the order asked for; those that are gone are left out. */
export async function findPapers(db: Db, ids: readonly string[]): Promise<PaperView[]> {
  if (ids.length === 0) return [];
  const rows = await tables(db).selectFrom('attachments').selectAll().where('id', 'in', ids).execute();
  const views = new Map(rows.map((row) => [row.id, viewPaper(row)]));
  return ids.flatMap((id) => views.get(id) ?? []);
}

/** Throws `bad_request` naming the field when one of them is not this family member's. */
export async function requireOwnPapers(db: Db, familyId: string, ids: readonly string[]): Promise<PaperView[]> {
  if (ids.length === 0) return [];
  const rows = await tables(db).selectFrom('attachments').selectAll().where('family_id', '=', familyId).where('id', 'in', ids).execute();
  const own = new Map(rows.map((row) => [row.id, viewPaper(row)]));
  const missing = ids.findIndex((id) => !own.has(id));
  if (missing >= 0) throw new QinqiaoError('bad_request', { fields: { [`paperIds.${missing}`]: 'not_found' } });
  return ids.flatMap((id) => own.get(id) ?? []);
}

export interface PaperUse {
  subject: { kind: string; id: string };
  prisonId: string;
  inmateId: string | null;
}

/** Hands papers in with something: from then on those who see it see them, and they can't be deleted. */
export async function usePapers(trx: Db, ids: readonly string[], { subject, prisonId, inmateId }: PaperUse): Promise<void> {
  const uses = tables(trx);
  for (const attachment_id of new Set(ids)) {
    const key = { attachment_id, subject_kind: subject.kind, subject_id: subject.id };
    await uses
      .deleteFrom('attachment_uses')
      .where('attachment_id', '=', attachment_id)
      .where('subject_kind', '=', subject.kind)
      .where('subject_id', '=', subject.id)
      .execute();
    await uses
      .insertInto('attachment_uses')
      .values({ ...key, prison_id: prisonId, inmate_id: inmateId })
      .execute();
  }
}

/** A paper's content. `db` decides who sees it: an officer's store shows what was handed in within his data scope. Throws `not_found`. */
export async function readPaper(
  db: Db,
  files: AttachmentFiles,
  id: string,
  familyId?: string,
): Promise<PaperView & { content: Readable; familyId: string }> {
  let query = tables(db).selectFrom('attachments').selectAll().where('id', '=', id);
  if (familyId !== undefined) query = query.where('family_id', '=', familyId);
  const row = await query.executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return { ...viewPaper(row), familyId: row.family_id, content: await files.read(id) };
}

/** Deletes a paper that was not handed in yet. Throws `not_found`, `in_use`. */
export async function deletePaper(db: Db, files: AttachmentFiles, familyId: string, id: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const own = tables(trx).selectFrom('attachments').select('id').where('id', '=', id).where('family_id', '=', familyId).forUpdate();
    if (!(await own.executeTakeFirst())) throw new QinqiaoError('not_found');
    const used = tables(trx).selectFrom('attachment_uses').select('attachment_id').where('attachment_id', '=', id).limit(1);
    if (await used.executeTakeFirst()) throw new QinqiaoError('in_use');
    await tables(trx).deleteFrom('attachments').where('id', '=', id).execute();
  });
  await files.remove(id);
}

const viewPaper = (row: AttachmentTables['attachments']): PaperView => ({
  id: row.id,
  kind: row.kind,
  name: row.file_name,
  type: row.type,
  bytes: row.bytes,
  at: row.created_at,
});

/** The papers handed in with several records of one kind. */
export async function papersOf(db: Db, kind: string, ids: readonly string[]): Promise<(id: string) => PaperView[]> {
  if (ids.length === 0) return () => [];
  const rows = await tables(db)
    .selectFrom('attachment_uses')
    .innerJoin('attachments', 'attachments.id', 'attachment_uses.attachment_id')
    .selectAll('attachments')
    .select('attachment_uses.subject_id')
    .where('attachment_uses.subject_kind', '=', kind)
    .where('attachment_uses.subject_id', 'in', ids)
    .orderBy('attachments.id')
    .execute();
  return (id) => rows.filter((row) => row.subject_id === id).map(viewPaper);
}
