import { type EnrolmentState, type FaceQuality, type FaceSource, type FaceView, MOST_FACES, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type CryptoProvider, type Db, newId, SealedFolder, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { FaceTables } from './migrations.ts';
import { type FaceOwner, faceTables, lockOwner, OWNER_COLUMNS, ownerColumns, ownerOf } from './people.ts';
import { sealVector, type Vector } from './vectors.ts';

export type FaceRow = FaceTables['faces'];

/** What changes in the library are made with. */
export interface FaceKeeping {
  /** Scoped where an officer acts: whom he does not see he can't enrol. */
  db: Db;
  crypto: CryptoProvider;
  pictures: SealedFolder;
  actor: Actor;
  now: Date;
}

/** Where the library's pictures lie, each under its face's id. */
export const facePictures = (dataDir: string, crypto: CryptoProvider): SealedFolder => new SealedFolder(dataDir, crypto, 'faces');

export interface NewFace {
  owner: FaceOwner;
  /** pending: an officer must approve it before it is compared with. */
  state: EnrolmentState;
  source: FaceSource;
  vector: Vector;
  quality: FaceQuality;
  /** A JPEG, kept for officers to look at and for another model to be computed from. */
  picture: Uint8Array;
}

/** Enrols a face that the face service found good enough. Throws `not_found` for the person, `faces_full`. */
export async function enrolFace({ db, crypto, pictures, actor, now }: FaceKeeping, face: NewFace): Promise<FaceRow> {
  const id = newId();
  const at = toInstant(now);
  const approved = face.state === 'active';
  const row: FaceRow = {
    id,
    ...ownerColumns(face.owner),
    state: face.state,
    source: face.source,
    model: face.vector.model,
    vector: await sealVector(crypto, id, face.vector),
    quality: JSON.stringify(face.quality),
    enrolled_by: actor.id,
    enrolled_by_name: actor.name,
    enrolled_at: at,
    approved_by: approved ? actor.id : null,
    approved_by_name: approved ? actor.name : null,
    approved_at: approved ? at : null,
    version: 1,
  };
  await pictures.write(id, face.picture);
  try {
    await within(db, async (trx) => {
      await lockOwner(trx, face.owner);
      const own = faceTables(trx).selectFrom('faces').select('id').where(OWNER_COLUMNS[face.owner.subject], '=', face.owner.id);
      if ((await own.execute()).length >= MOST_FACES) throw new QinqiaoError('faces_full');
      await faceTables(trx).insertInto('faces').values(row).execute();
      await audit(trx, { actor, at }, 'face.enrol', row, { state: row.state, source: row.source, model: row.model });
    });
  } catch (error) {
    await pictures.remove(id);
    throw error;
  }
  return row;
}

/** From now on it is compared with. Throws `not_found`, `edit_conflict`, `wrong_state`. */
export async function approveFace({ db, actor, now }: FaceKeeping, id: string, version: number): Promise<FaceRow> {
  const at = toInstant(now);
  return within(db, async (trx) => {
    const before = await lockFace(trx, id);
    assertPending(before, version);
    const change = { state: 'active' as const, approved_by: actor.id, approved_by_name: actor.name, approved_at: at, version: version + 1 };
    await faceTables(trx).updateTable('faces').set(change).where('id', '=', id).execute();
    await audit(trx, { actor, at }, 'face.approve', before, { before: { state: 'pending' }, after: { state: 'active' } });
    return { ...before, ...change };
  });
}

/** Deletes a face that waits for approval. Throws `not_found`, `edit_conflict`, `wrong_state`. */
export async function rejectFace(
  keeping: FaceKeeping,
  id: string,
  { version, reason }: { version: number; reason: string },
): Promise<void> {
  await takeOut(keeping, async (trx) => {
    const row = await lockFace(trx, id);
    assertPending(row, version);
    return { rows: [row], action: 'face.reject', detail: { reason } };
  });
}

/** Deletes a face: its row, its vector and its picture. Throws `not_found`. */
export async function removeFace(keeping: FaceKeeping, id: string): Promise<void> {
  await takeOut(keeping, async (trx) => ({ rows: [await lockFace(trx, id)], action: 'face.delete', detail: {} }));
}

/** Deletes all of a person's faces. Answers how many there were. */
export function removeFaces(keeping: FaceKeeping, owner: FaceOwner, why: Record<string, unknown> = {}): Promise<number> {
  return takeOut(keeping, async (trx) => {
    const own = faceTables(trx).selectFrom('faces').selectAll().where(OWNER_COLUMNS[owner.subject], '=', owner.id).forUpdate();
    return { rows: await own.execute(), action: 'face.delete', detail: why };
  });
}

/** A face's row. Throws `not_found`, also outside the data scope. */
export async function getFace(db: Db, id: string): Promise<FaceRow> {
  const row = await faceTables(db).selectFrom('faces').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

/** The id of a person's newest face that was taken before a camera, approved or not; undefined when there is none. */
export async function liveFaceOf(db: Db, { subject, id }: FaceOwner): Promise<string | undefined> {
  const own = faceTables(db).selectFrom('faces').select('id').where(OWNER_COLUMNS[subject], '=', id);
  return (await own.where('source', 'in', LIVE).orderBy('id', 'desc').limit(1).executeTakeFirst())?.id;
}

const LIVE: readonly FaceSource[] = ['camera', 'tablet', 'family'];

/** A face as officers see it. `model`: the one in use; while it is not known (empty), no face counts as outdated. */
export const viewFace = (row: FaceRow, model: string): FaceView => ({
  id: row.id,
  state: row.state,
  source: row.source,
  model: row.model,
  outdated: model !== '' && row.model !== model,
  quality: JSON.parse(row.quality) as FaceQuality,
  enrolledBy: row.enrolled_by_name,
  enrolledAt: row.enrolled_at,
  approvedBy: row.approved_by_name,
  approvedAt: row.approved_at,
  version: row.version,
});

interface TakenOut {
  rows: FaceRow[];
  action: string;
  detail: Record<string, unknown>;
}

/** Rows and their audit records first, in one transaction; then the pictures. A picture that a crash leaves behind is found by `tidyFaces`. */
async function takeOut({ db, pictures, actor, now }: FaceKeeping, choose: (trx: Db) => Promise<TakenOut>): Promise<number> {
  const gone = await within(db, async (trx) => {
    const { rows, action, detail } = await choose(trx);
    for (const row of rows) {
      await faceTables(trx).deleteFrom('faces').where('id', '=', row.id).execute();
      await audit(trx, { actor, at: toInstant(now) }, action, row, { state: row.state, source: row.source, ...detail });
    }
    return rows;
  });
  for (const { id } of gone) await pictures.remove(id);
  return gone.length;
}

async function lockFace(trx: Db, id: string): Promise<FaceRow> {
  const row = await faceTables(trx).selectFrom('faces').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

function assertPending(row: FaceRow, version: number): void {
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
  if (row.state !== 'pending') throw new QinqiaoError('wrong_state');
}

const within = <Result>(db: Db, work: (trx: Db) => Promise<Result>): Promise<Result> =>
  db.isTransaction ? work(db) : db.transaction().execute(work);

function audit(trx: Db, { actor, at }: { actor: Actor; at: string }, action: string, row: FaceRow, detail: Record<string, unknown>) {
  const { subject, id } = ownerOf(row);
  return writeAudit(trx, { at, actor, action, subject: { kind: subject, id }, detail: { face: row.id, ...detail } });
}
