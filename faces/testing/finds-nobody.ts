import { QinqiaoError } from '@qinqiao/contracts';
import { decode } from '../picture/decode.ts';
import { PictureRefused } from '../picture/refused.ts';
import type { FaceService, Picture } from '../port.ts';

/** A face service without models, for tests that are not about faces: it takes pictures as the real one does and finds nobody in them. */
export const FINDS_NOBODY: FaceService = {
  model: 'nobody/1',
  healthy: true,
  detect: nobody,
  describe: nobody,
  examine: (picture) =>
    nobody(picture).then(
      () => ({ ok: false, problem: 'no_face', quality: {} }),
      (error: unknown) => {
        if (error instanceof PictureRefused) return { ok: false, problem: error.problem, quality: {} };
        throw error;
      },
    ),
  likeness: () => {
    throw new QinqiaoError('face_model_differs');
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

async function nobody(picture: Picture): Promise<[]> {
  await decode(picture);
  return [];
}
