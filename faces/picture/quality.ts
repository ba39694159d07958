import type { FaceProblem } from '@qinqiao/contracts';
import type { Quality, QualityRules } from '../port.ts';
import { greySquare, type Pixels } from './decode.ts';

/** What passes for the tablets' and telephones' cameras and for photos of ID cards. */
export const DEFAULT_QUALITY: QualityRules = {
  minFaceWidth: 80,
  minSharpness: 40,
  maxYaw: 25,
  maxPitch: 25,
  minBrightness: 45,
  maxBrightness: 220,
};

/** Edge of the square that sharpness and brightness are measured on, in pixels. */
const EDGE = 160;
const MIDDLE = 128;

/** Sharpness (variance of the Laplacian, as it would be at middle brightness) and mean brightness of a part of the picture. */
export async function measure(pixels: Pixels, box: { x: number; y: number; width: number; height: number }) {
  const grey = await greySquare(pixels, box, EDGE);
  const brightness = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  return { sharpness: laplacianVariance(grey, EDGE) * (MIDDLE / Math.max(1, brightness)) ** 2, brightness };
}

function laplacianVariance(grey: Uint8Array, edge: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < edge - 1; y += 1) {
    for (let x = 1; x < edge - 1; x += 1) {
      const at = y * edge + x;
      const value = 4 * grey[at]! - grey[at - 1]! - grey[at + 1]! - grey[at - edge]! - grey[at + edge]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (edge - 2) ** 2;
  return squares / count - (sum / count) ** 2;
}

/** What the light and the lens make of the face, or null. */
export function judgeLight({ faceWidth = 0, sharpness = 0, brightness = 0 }: Partial<Quality>, rules: QualityRules): FaceProblem | null {
  if (brightness < rules.minBrightness) return 'too_dark';
  if (brightness > rules.maxBrightness) return 'too_bright';
  return faceWidth >= rules.minFaceWidth && sharpness < rules.minSharpness ? 'blurred' : null;
}

/** What its size and pose make of it, or null. A pose that cannot be told is a face that is not turned to the camera. */
export function judgePose({ faceWidth = 0, yaw, pitch }: Partial<Quality>, rules: QualityRules): FaceProblem | null {
  if (faceWidth < rules.minFaceWidth) return 'too_small';
  if (yaw === undefined || pitch === undefined) return 'side_face';
  return Math.abs(yaw) > rules.maxYaw || Math.abs(pitch) > rules.maxPitch ? 'side_face' : null;
}

/** Why no face was found, as far as the light explains it. */
export function withoutFace(brightness: number): FaceProblem {
  if (brightness < 30) return 'too_dark';
  return brightness > 240 ? 'too_bright' : 'no_face';
}
