import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gridOf } from '../../look/pixels.ts';
import { CUT_OUTS } from '../../testing/clips.ts';
import { pixelsOf } from '../raw.ts';
import { webpOf } from '../vp8.ts';
import { gridOfPlanes } from './grid.ts';
import { decodeKeyFrame } from './key-frame.ts';
import type { Plane } from './planes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-vp8-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 26 });

/** Somebody before a colourful picture, with noise, as a key frame of this size and quality. */
function keyFrame(size: string, quality: string, ...options: string[]): Buffer {
  const file = join(folder, `${size}-${quality}.ivf`);
  const inputs = ['-f', 'lavfi', '-i', `testsrc2=s=${size}`, '-i', CUT_OUTS.grace];
  const filter = ['-filter_complex', `[1]scale=-1:200[p];[0][p]overlay=x=20:y=20,noise=alls=8:allf=t,format=yuv420p`];
  const quantiser = ['-deadline', 'realtime', '-qmin', quality, '-qmax', quality, '-crf', quality];
  ffmpeg(...inputs, ...filter, '-frames:v', '1', '-c:v', 'libvpx', ...quantiser, ...options, file);
  return readFileSync(file).subarray(44);
}

/** Segments with levels of their own, as the other encoder makes them. */
async function frameOfWebp(): Promise<Buffer> {
  const webp = await sharp(CUT_OUTS.astronaut).resize(300).flatten().webp({ quality: 40 }).toBuffer();
  return webp.subarray(20, 20 + webp.readUInt32LE(16));
}

/** What ffmpeg makes of it without the filter. */
function expectedOf(frame: Buffer): Buffer {
  const file = join(folder, 'expected.webp');
  writeFileSync(file, webpOf(frame));
  return ffmpeg('-skip_loop_filter', 'all', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-');
}

function pointsOf({ points, stride, origin }: Plane, width: number, height: number): Buffer {
  const rows = Array.from({ length: height }, (_, y) => Buffer.from(points.buffer, origin + y * stride, width));
  return Buffer.concat(rows);
}

function decoded(frame: Buffer): Buffer {
  const { width, height, light, blue, red } = decodeKeyFrame(frame);
  const half = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
  return Buffer.concat([pointsOf(light, width, height), pointsOf(blue, ...half), pointsOf(red, ...half)]);
}

describe('a VP8 key frame', () => {
  it('is decoded to the very points that ffmpeg makes of it', async () => {
    const frames = {
      fine: keyFrame('352x288', '4'),
      coarse: keyFrame('322x242', '60'),
      upright: keyFrame('241x427', '30', '-slices', '4'),
      slow: keyFrame('320x240', '40', '-deadline', 'good'),
      segments: await frameOfWebp(),
    };
    for (const [name, frame] of Object.entries(frames)) expect(decoded(frame).equals(expectedOf(frame)), name).toBe(true);
  });

  it.each(['640x480', '360x640', '322x242'])('makes the grid of its picture (%s)', async (size) => {
    const frame = keyFrame(size, '40');
    const grid = gridOfPlanes(decodeKeyFrame(frame));
    const [width = 0, height = 0] = size.split('x').map(Number);
    const factor = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(width, height) / 160)));
    const coarse = { width: Math.floor(width / factor), height: Math.floor(height / factor), fit: 'fill' } as const;
    const expected = gridOf(await pixelsOf(sharp(webpOf(frame)).removeAlpha().resize(coarse)));
    for (const part of ['colours', 'unevenness'] as const) {
      const differences = grid[part].map((value, at) => Math.abs(value - (expected[part][at] ?? 0)));
      expect(differences.reduce((sum, value) => sum + value, 0) / differences.length, part).toBeLessThan(1.5);
    }
  });

  it('that is cut short is refused, and no damage does more than to its picture', () => {
    const frame = keyFrame('352x288', '30');
    for (const length of [0, 9, 40, 400, Math.floor(frame.length / 2), frame.length - 20]) {
      expect(() => decodeKeyFrame(frame.subarray(0, length)), `${length} bytes`).toThrow(/VP8|cut short/);
    }
    const huge = Buffer.from(frame);
    huge.writeUInt32LE(0x3fff3fff, 6);
    expect(() => decodeKeyFrame(huge)).toThrow('16383 × 16383');
    for (let at = 10; at < 400; at += 13) {
      const damaged = Buffer.from(frame);
      damaged[at] = damaged[at]! ^ 0x5a;
      try {
        expect(gridOfPlanes(decodeKeyFrame(damaged)).colours.every((value) => value >= 0 && value <= 255)).toBe(true);
      } catch (error) {
        expect(String(error)).toContain('cut short');
      }
    }
    expect(decoded(frame).equals(expectedOf(frame))).toBe(true);
  });
});
