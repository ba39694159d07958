import { type FaceSubject, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import type { FaceTables } from './migrations.ts';
import { faceTables, OWNER_COLUMNS, ownerOf, type FaceOwner } from './people.ts';

/** What a face looks like to one model; the same shape as a face service's. */
export interface Vector {
  model: string;
  values: Float32Array;
}

export interface KnownFace {
  id: string;
  owner: FaceOwner;
  vector: Vector;
}

const contextOf = (id: string, model: string) => `face ${id} ${model}`;

/** Encrypts a vector for its row: moved to another row, or said to be another model's, it does not open. */
export function sealVector(crypto: CryptoProvider, id: string, { model, values }: Vector): Promise<string> {
  return crypto.encrypt(contextOf(id, model), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
}

export async function openVector(
  crypto: CryptoProvider,
  { id, model, vector }: Pick<FaceTables['faces'], 'id' | 'model' | 'vector'>,
): Promise<Vector> {
  const bytes = await crypto.decrypt(contextOf(id, model), vector);
  // A copy begins at an address that fits, whatever the buffer's pool.
  return { model, values: new Float32Array(Uint8Array.from(bytes).buffer) };
}

/** The approved faces of these people with their vectors, to compare a live face with. */
export async function facesOf(db: Db, crypto: CryptoProvider, subject: FaceSubject, ids: readonly string[]): Promise<KnownFace[]> {
  if (ids.length === 0) return [];
  const rows = await faceTables(db)
    .selectFrom('faces')
    .selectAll()
    .where(OWNER_COLUMNS[subject], 'in', ids)
    .where('state', '=', 'active')
    .orderBy('id')
    .execute();
  return Promise.all(rows.map(async (row) => ({ id: row.id, owner: ownerOf(row), vector: await openVector(crypto, row) })));
}

export interface Comparison {
  /** The most alike of those that can be compared; null when there is none. */
  best: { face: KnownFace; likeness: number } | null;
  compared: number;
  /** Made by another model: those must be enrolled or computed again. */
  outdated: number;
}

/** Compares a live face with known ones. `likeness` is the face service's. */
export function compareWith(live: Vector, known: readonly KnownFace[], likeness: (one: Vector, other: Vector) => number): Comparison {
  const comparable = known.filter((face) => face.vector.model === live.model);
  let best: Comparison['best'] = null;
  for (const face of comparable) {
    const alike = likeness(live, face.vector);
    if (best === null || alike > best.likeness) best = { face, likeness: alike };
  }
  return { best, compared: comparable.length, outdated: known.length - comparable.length };
}

/**
 * That a picture to be enrolled is like the person's faces that are there, so that nobody gets another's by mistake. Throws `face_unlike`; where
 * there is nothing to compare with, anybody may be the person.
 */
export async function assertLikeOwn(
  { db, crypto, threshold }: { db: Db; crypto: CryptoProvider; threshold: number },
  owner: FaceOwner,
  vector: Vector,
  likeness: (one: Vector, other: Vector) => number,
): Promise<void> {
  const { best } = compareWith(vector, await facesOf(db, crypto, owner.subject, [owner.id]), likeness);
  if (best && best.likeness * 100 < threshold) throw new QinqiaoError('face_unlike');
}

/** As `compareWith`, for one who must have been enrolled. Throws `face_not_enrolled`, or `face_model_differs` when all that is known is another model's. */
export function requireComparison(...given: Parameters<typeof compareWith>): Comparison & { best: NonNullable<Comparison['best']> } {
  const comparison = compareWith(...given);
  if (comparison.best) return { ...comparison, best: comparison.best };
  throw new QinqiaoError(comparison.outdated > 0 ? 'face_model_differs' : 'face_not_enrolled');
}
