import { QinqiaoError } from '@qinqiao/contracts';
import { writeAudit, toInstant, type Actor } from '@qinqiao/server-kit';
import { faceTables } from './people.ts';
import { type FaceRun, updateRun } from './runs.ts';
import type { RunDeps } from './service.ts';
import { sealVector } from './vectors.ts';

const AT_ONCE = 50;

/**
 * Computes the vectors of every face that another model made, out of the kept pictures. A picture in which the model in use finds no face
 * stays as it is, outdated, and counts as refused.
 */
export async function runRecompute(deps: RunDeps, run: FaceRun, { actor }: { actor: Actor }): Promise<void> {
  const { db, faces, stopping } = deps;
  const { model } = faces;
  const old = faceTables(db).selectFrom('faces').select('id').where('model', '<>', model);
  const left = await old
    .clearSelect()
    .select((row) => row.fn.countAll<number>().as('count'))
    .executeTakeFirst();
  const total = run.enrolled + Number(left?.count ?? 0);
  let { enrolled } = run;
  let refused = 0;
  for (let after = ''; ; ) {
    const rows = await old.where('id', '>', after).orderBy('id').limit(AT_ONCE).execute();
    if (rows.length === 0) break;
    for (const row of rows) {
      if (stopping.aborted) throw new Error('broken off by a stop');
      if (await recompute(deps, row.id)) enrolled += 1;
      else refused += 1;
      after = row.id;
    }
    await updateRun(db, run.id, { total, done: enrolled + refused, enrolled, refused });
  }
  const detail = { model, computed: enrolled, left: refused };
  await writeAudit(db, {
    at: toInstant(deps.clock.now()),
    actor,
    action: 'face.recompute',
    subject: { kind: 'face_run', id: run.id },
    detail,
  });
}

/** False: the model in use finds nobody in the kept picture, or the picture is gone. */
async function recompute({ db, crypto, pictures, faces }: RunDeps, id: string): Promise<boolean> {
  const picture = await pictures.read(id).catch((error: unknown) => {
    if (error instanceof QinqiaoError && (error.code === 'not_found' || error.code === 'data_damaged')) return null;
    throw error;
  });
  const [face] = picture === null ? [] : await faces.describe({ encoded: picture }, { background: true, most: 1 });
  if (!face) return false;
  const change = { model: face.vector.model, vector: await sealVector(crypto, id, face.vector) };
  await faceTables(db).updateTable('faces').set(change).where('id', '=', id).execute();
  return true;
}
