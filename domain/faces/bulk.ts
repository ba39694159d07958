import {
  FACE_PROBLEMS,
  type Localised,
  MOST_FACE_BYTES,
  MOST_FACE_ZIP_ENTRIES,
  MOST_FACE_ZIP_UNPACKED_BYTES,
  QinqiaoError,
} from '@qinqiao/contracts';
import { type Actor, type Db, ZipReader } from '@qinqiao/server-kit';
import { enrolFace } from './faces.ts';
import { namesMeant, personNamed, pictureNames } from './bulk-names.ts';
import { readParameter } from '../settings/index.ts';
import { addRunRow, type FaceRun, notedFiles, updateRun } from './runs.ts';
import type { RunDeps } from './service.ts';
import { assertLikeOwn } from './vectors.ts';

const REASONS = {
  nobody: { zh: '文件名对应的人员不存在或不在您的数据范围内', en: 'Nobody is known by this file’s name, or not to you' },
  tooLarge: FACE_PROBLEMS.too_large,
  damaged: { zh: '压缩包中的这个文件已损坏', en: 'This file of the zip is damaged' },
} as const satisfies Record<string, Localised>;

/** Of one file; anything else ends the run. */
const REFUSALS: ReadonlySet<string> = new Set(['faces_full', 'face_unlike', 'not_found']);

interface Outcome {
  person: string | null;
  /** Null: enrolled. */
  reason: Localised | null;
}

/** Enrols the pictures of a zip, file by file; what is wrong with one keeps nobody else out. Throws for what the whole zip is refused for. */
export async function runBulk(deps: RunDeps, run: FaceRun, seen: { db: Db; actor: Actor }): Promise<void> {
  await using file = await deps.uploads.open(run.id, 'in');
  const zip = await ZipReader.open(file, { mostBytes: MOST_FACE_ZIP_UNPACKED_BYTES, mostEntries: MOST_FACE_ZIP_ENTRIES });
  const names = pictureNames(zip.names());
  if (names.length === 0) throw new QinqiaoError('file_invalid', { detail: 'no pictures' });
  const noted = await notedFiles(deps.db, run.id);
  let { enrolled, refused } = run;
  for (const [no, name] of names.entries()) {
    if (deps.stopping.aborted) throw new Error('broken off by a stop');
    if (noted.has(no)) continue;
    const outcome = await enrolFile(deps, run, seen, { zip, name });
    if (outcome.reason === null) enrolled += 1;
    else refused += 1;
    await deps.db.transaction().execute(async (trx) => {
      const row = { run_id: run.id, no, file_name: name.slice(-200), person: outcome.person, ok: outcome.reason === null ? 1 : 0 } as const;
      await addRunRow(trx, { ...row, reason: outcome.reason && JSON.stringify(outcome.reason) });
      await updateRun(trx, run.id, { total: names.length, done: no + 1, enrolled, refused });
    });
  }
}

async function enrolFile(
  deps: RunDeps,
  run: FaceRun,
  { db, actor }: { db: Db; actor: Actor },
  { zip, name }: { zip: ZipReader; name: string },
): Promise<Outcome> {
  const subject = run.subject === 'family' ? 'family' : 'inmate';
  if (namesMeant(name).length === 0) return { person: null, reason: FACE_PROBLEMS.not_an_image };
  const person = await personNamed(db, deps.crypto, subject, name);
  if (person === null) return { person: null, reason: REASONS.nobody };
  const picture = await unpacked(zip, name);
  if (picture instanceof QinqiaoError)
    return { person: person.name, reason: picture.code === 'file_invalid' ? REASONS.damaged : REASONS.tooLarge };
  const examined = await deps.faces.examine({ encoded: picture }, undefined, { background: true });
  if (!examined.ok) return { person: person.name, reason: FACE_PROBLEMS[examined.problem] };
  const owner = { subject, id: person.id } as const;
  try {
    const threshold = await readParameter(deps.db, 'face.likeness');
    await assertLikeOwn({ db, crypto: deps.crypto, threshold }, owner, examined.face.vector, (...pair) => deps.faces.likeness(...pair));
    await enrolFace(
      { db, crypto: deps.crypto, pictures: deps.pictures, actor, now: deps.clock.now() },
      {
        owner,
        state: 'active',
        source: 'bulk',
        vector: examined.face.vector,
        quality: examined.quality,
        picture: await deps.faces.keepable(picture),
      },
    );
    return { person: person.name, reason: null };
  } catch (error) {
    if (error instanceof QinqiaoError && REFUSALS.has(error.code)) return { person: person.name, reason: error.body().text };
    throw error;
  }
}

/** One file's bytes, or why it can't be had. Beyond the limit of all files together it throws, which ends the run. */
async function unpacked(zip: ZipReader, name: string): Promise<Buffer | QinqiaoError> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of zip.read(name)) {
      bytes += piece.length;
      if (bytes > MOST_FACE_BYTES) return new QinqiaoError('transfer_too_large');
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'file_invalid') return error;
    throw error;
  }
  return Buffer.concat(pieces);
}
