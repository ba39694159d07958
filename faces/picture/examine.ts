import type { FaceProblem } from '@qinqiao/contracts';
import type { FoundFace, Quality, QualityRules } from '../port.ts';
import type { Pixels } from './decode.ts';
import { judgeLight, judgePose, measure, withoutFace } from './quality.ts';

export type Judgement = { problem: null; quality: Quality } | { problem: FaceProblem; quality: Partial<Quality> };

/** Judges a picture by the faces that were found in it, the largest first, with their poses. */
export async function judge(pixels: Pixels, faces: FoundFace[], rules: QualityRules): Promise<Judgement> {
  const [face] = faces;
  if (face === undefined) {
    const { brightness } = await measure(pixels, { x: 0, y: 0, width: pixels.width, height: pixels.height });
    return { problem: withoutFace(brightness), quality: rounded({ brightness }) };
  }
  const { yaw, pitch } = face;
  const { x, y, width, height } = face.box;
  const { scale } = pixels;
  const seen = await measure(pixels, { x: x / scale, y: y / scale, width: width / scale, height: height / scale });
  const quality = rounded({ faceWidth: width, ...seen, ...(yaw === null || pitch === null ? {} : { yaw, pitch }) });
  const problem = judgeLight(quality, rules) ?? (faces.length > 1 ? 'several_faces' : judgePose(quality, rules));
  return problem === null ? { problem, quality: quality as Quality } : { problem, quality };
}

const rounded = (quality: Partial<Quality>): Partial<Quality> =>
  Object.fromEntries(Object.entries(quality).map(([name, value]) => [name, Math.round(value * 10) / 10]));
