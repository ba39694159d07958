import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoProvider, type Db, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { facePictures, removeFace } from './faces.ts';
import { faceTables } from './people.ts';
import { forgetRuns } from './runs.ts';

const AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** Older than any enrolment that is still under way. */
const PICTURE_AGE_MS = 3_600_000;

export interface Tidied {
  /** Faces that waited too long for approval. */
  expired: number;
  /** Faces of people who are no longer there. */
  ownerless: number;
  /** Pictures that no face belongs to. */
  pictures: number;
  runs: number;
}

/** Takes out of the library what must not stay: pending faces older than so many days, faces and pictures that belong to nobody. */
export async function tidyFaces(
  { db, crypto, dataDir, now }: { db: Db; crypto: CryptoProvider; dataDir: string; now: Date },
  days: number,
): Promise<Tidied> {
  const keeping = { db, crypto, pictures: facePictures(dataDir, crypto), actor: SYSTEM_ACTOR, now };
  const before = toInstant(now.getTime() - days * DAY_MS);
  const removeAll = async (ids: readonly string[]) => {
    for (const id of ids) await removeFace(keeping, id);
    return ids.length;
  };
  return {
    expired: await removeAll(await waitingSince(db, before)),
    ownerless: await removeAll(await ownerless(db)),
    pictures: await removeStray(db, keeping.pictures, { folder: join(dataDir, 'faces'), now }),
    runs: await forgetRuns(db, before),
  };
}

async function waitingSince(db: Db, before: string): Promise<string[]> {
  const old = faceTables(db).selectFrom('faces').select('id').where('state', '=', 'pending').where('enrolled_at', '<', before);
  return (await old.limit(AT_ONCE).execute()).map(({ id }) => id);
}

async function ownerless(db: Db): Promise<string[]> {
  const rows = await faceTables(db)
    .selectFrom('faces')
    .leftJoin('inmates', 'inmates.id', 'faces.inmate_id')
    .leftJoin('families', 'families.id', 'faces.family_id')
    .leftJoin('companions', 'companions.id', 'faces.companion_id')
    .select('faces.id')
    .where('inmates.id', 'is', null)
    .where('families.id', 'is', null)
    .where('companions.id', 'is', null)
    .limit(AT_ONCE)
    .execute();
  return rows.map(({ id }) => id);
}

/** A picture without a row: of an enrolment or a deletion that a crash broke off. */
async function removeStray(
  db: Db,
  pictures: ReturnType<typeof facePictures>,
  { folder, now }: { folder: string; now: Date },
): Promise<number> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const old = files.filter((name) => /^[0-9a-z]{1,32}$/.test(name));
  let removed = 0;
  for (let at = 0; at < old.length; at += AT_ONCE) {
    const some = old.slice(at, at + AT_ONCE);
    const rows = await faceTables(db).selectFrom('faces').select('id').where('id', 'in', some).execute();
    const known = new Set(rows.map(({ id }) => id));
    for (const name of some.filter((id) => !known.has(id))) {
      if (!(await isOld(join(folder, name), now))) continue;
      await pictures.remove(name);
      removed += 1;
    }
  }
  return removed;
}

async function isOld(path: string, now: Date): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs < now.getTime() - PICTURE_AGE_MS,
    () => false,
  );
}
