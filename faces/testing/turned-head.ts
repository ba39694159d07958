import sharp from 'sharp';
import type { FaceService } from '../port.ts';
import { portrait, rawPixels } from './pictures.ts';

const WIDTH = 640;

/**
 * A portrait with its head turned by so many degrees (positive: to the picture's right, which is the person's own left), as JPEG. The head is taken for an ellipsoid with a
 * nose, turned, and drawn again: crude for the eye, but a face detector sees the turn (about two fifths of it) and the same person.
 */
export async function turnedHead(faces: FaceService, of: 'astronaut' | 'hopper', degrees: number): Promise<Buffer> {
  const scaled = await sharp(await portrait(of))
    .resize({ width: WIDTH })
    .png()
    .toBuffer();
  const { rgb, width, height } = await rawPixels(scaled);
  const [face] = await faces.detect({ rgb, width, height });
  if (!face) throw new Error(`no face in the portrait ${of}`);
  const turned = degrees === 0 ? rgb : turn({ rgb, width, height }, face.box, (degrees * Math.PI) / 180);
  return sharp(turned, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 92 })
    .toBuffer();
}

interface Pixels {
  rgb: Uint8Array;
  width: number;
  height: number;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function turn({ rgb, width, height }: Pixels, box: Box, angle: number): Uint8Array {
  const out = Uint8Array.from(rgb);
  const centre = { x: box.x + box.width / 2, y: box.y + box.height * 0.55 };
  const radius = { x: box.width * 0.62, y: box.height * 0.85 };
  for (let y = Math.max(0, Math.floor(centre.y - radius.y)); y < Math.min(height, centre.y + radius.y); y++) {
    const from = sourcesOfRow({ v: y - centre.y, width, centreX: centre.x }, { radius, box }, angle);
    for (let x = 0; x < width; x++) {
      const source = from[x] ?? Number.NaN;
      if (Number.isNaN(source)) continue;
      for (let channel = 0; channel < 3; channel++) out[(y * width + x) * 3 + channel] = between(rgb, y * width, source, width, channel);
    }
  }
  return out;
}

/** For each column of a row, from which column its colour comes once the head is turned; NaN where the picture stays as it is. The nearest point hides the others. */
function sourcesOfRow(
  { v, width, centreX }: { v: number; width: number; centreX: number },
  { radius, box }: { radius: { x: number; y: number }; box: Box },
  angle: number,
): Float64Array {
  const from = new Float64Array(width).fill(Number.NaN);
  const nearest = new Float64Array(width).fill(Number.NEGATIVE_INFINITY);
  const axis = radius.x * 0.55 * Math.sqrt(Math.max(0, 1 - (v / radius.y) ** 2));
  let before = { column: Number.NaN, u: 0 };
  for (let u = -radius.x; u <= radius.x; u += 0.25) {
    const z = depthAt(u, v, radius, box);
    const column = z > 0 ? centreX + u * Math.cos(angle) + (z - axis) * Math.sin(angle) : Number.NaN;
    const distance = z * Math.cos(angle) - u * Math.sin(angle);
    const last = Math.floor(Math.max(before.column, column));
    for (let x = Math.ceil(Math.min(before.column, column)); x <= last; x++) {
      if (x < 0 || x >= width || distance <= (nearest[x] ?? 0)) continue;
      nearest[x] = distance;
      from[x] = centreX + before.u + ((u - before.u) * (x - before.column)) / (column - before.column || 1);
    }
    before = { column, u };
  }
  return from;
}

function depthAt(u: number, v: number, radius: { x: number; y: number }, box: Box): number {
  const inside = 1 - (u / radius.x) ** 2 - (v / radius.y) ** 2;
  const head = inside > 0 ? radius.x * Math.sqrt(inside) : 0;
  const nose = Math.exp(-((u / (0.13 * box.width)) ** 2) - ((v - 0.02 * box.height) / (0.2 * box.height)) ** 2);
  return head + 0.28 * box.width * nose;
}

function between(rgb: Uint8Array, row: number, x: number, width: number, channel: number): number {
  const at = Math.min(width - 1, Math.max(0, x));
  const left = Math.floor(at);
  const right = Math.min(width - 1, left + 1);
  const value = (column: number) => rgb[(row + column) * 3 + channel] ?? 0;
  return value(left) * (1 - (at - left)) + value(right) * (at - left);
}
