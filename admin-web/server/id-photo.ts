import type { FaceState } from '@qinqiao/contracts';
import { AttachmentFiles, listPapers, readPaper } from '@qinqiao/domain/attachments';
import { facePictures, liveFaceOf } from '@qinqiao/domain/faces';
import { type FaceComparison, noteFaceState } from '@qinqiao/domain/registrations';
import { readParameter } from '@qinqiao/domain/settings';
import { type FaceService, PictureRefused } from '@qinqiao/faces';
import { buffer } from 'node:stream/consumers';
import type { ServerDeps } from './context.ts';

/** Compares with the face service; `threshold`: in hundredths. The largest face of an ID card's photo is its holder's. */
export const faceComparison = (faces: FaceService, threshold: number): FaceComparison => ({
  compare: async (live, idPhoto) => {
    const [of, on] = await Promise.all([live, idPhoto].map((encoded) => largest(faces, encoded)));
    if (!of || !on) return 'not_compared';
    return faces.likeness(of.vector, on.vector) * 100 >= threshold ? 'match' : 'no_match';
  },
});

/**
 * Compares a family member's ID photo with the live face in the library, once both are there, and notes it with the registration, for the
 * officers who review it. Never throws: what was uploaded or enrolled stays, compared or not.
 */
export async function compareIdPhoto(deps: ServerDeps, familyId: string): Promise<FaceState> {
  try {
    return await compare(deps, familyId);
  } catch (err) {
    deps.log.warn({ err, familyId }, 'an ID photo could not be compared');
    return 'not_compared';
  }
}

async function compare({ db, crypto, clock, config, faces }: ServerDeps, familyId: string): Promise<FaceState> {
  const live = await liveFaceOf(db, { subject: 'family', id: familyId });
  const papers = await listPapers(db, familyId);
  const idPhoto = papers.find(({ kind, type }) => kind === 'id_front' && type.startsWith('image/'));
  if (!live || !idPhoto || !faces) return 'not_compared';
  const threshold = await readParameter(db, 'face.likeness');
  const paper = await readPaper(db, new AttachmentFiles(config.dataDir, crypto), idPhoto.id, familyId);
  const picture = await facePictures(config.dataDir, crypto).read(live);
  const state = await faceComparison(faces, threshold).compare(picture, await buffer(paper.content));
  if (state !== 'not_compared') await noteFaceState(db, { familyId, state, paperId: idPhoto.id, faceId: live }, clock.now());
  return state;
}

async function largest(faces: FaceService, encoded: Uint8Array) {
  try {
    return (await faces.describe({ encoded }, { most: 1 }))[0];
  } catch (error) {
    if (error instanceof PictureRefused) return undefined;
    throw error;
  }
}
