import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colourAt } from '../look/pixels.ts';
import { openDecoder } from './open.ts';
import { PpmReader } from './ppm.ts';
import type { StillDecoder } from './port.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-decode-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** One key frame of one colour, as it comes out of the depacketiser. */
function keyFrame(codec: 'vp8' | 'h264', colour: string, size = '642x362'): Buffer {
  const file = join(folder, `${codec}-${colour}-${size}.${codec === 'vp8' ? 'ivf' : 'mp4'}`);
  const encoder = codec === 'vp8' ? ['-c:v', 'libvpx'] : ['-c:v', 'libx264', '-profile:v', 'baseline'];
  const raw = ['-f', 'lavfi', '-i', `color=${colour}:s=${size}:r=5`, '-frames:v', '1', '-pix_fmt', 'yuv420p'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...raw, ...encoder, file]);
  if (codec === 'vp8') return readFileSync(file).subarray(44);
  const stream = execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'h264', '-']);
  return lengthPrefixed(stream);
}

/** From Annex B to NAL units with a length before each. */
function lengthPrefixed(stream: Buffer): Buffer {
  const parts = stream.toString('latin1').split('\0\0\u0001').slice(1);
  const nals = parts.map((part) => Buffer.from(part.endsWith('\0') ? part.slice(0, -1) : part, 'latin1'));
  return Buffer.concat(nals.flatMap((nal) => [Buffer.of(0, 0, nal.length >> 8, nal.length & 255), nal]));
}

async function colourOf(decoder: StillDecoder, frame: Buffer): Promise<number[]> {
  const { grid } = await decoder.decode(frame);
  return [...colourAt(grid, 600)].map((value) => Math.round(value / 16));
}

describe.each(['vp8', 'h264'] as const)('a key frame of %s', (codec) => {
  it('is decoded as a grid, small and whole, each by itself', async () => {
    await using decoder = await openDecoder(codec, null);
    const still = await decoder.decode(keyFrame(codec, '0x205080'));
    expect([...colourAt(still.grid, 600)].map((value, at) => Math.abs(value - [32, 80, 128][at]!) < 4)).toEqual([true, true, true]);
    expect(await still.small()).toMatchObject({ width: 320, height: 180 });
    const whole = await still.whole();
    expect(whole).toMatchObject({ width: 642, height: 362 });
    expect(whole.rgb).toHaveLength(642 * 362 * 3);
    expect((await still.jpeg()).subarray(0, 2).toString('hex')).toBe('ffd8');
    const colours = [];
    for (const name of ['0xff0000', '0x00ff00', '0x0000ff']) colours.push(await colourOf(decoder, keyFrame(codec, name)));
    expect(colours).toEqual([
      [16, 0, 0],
      [0, 16, 0],
      [0, 0, 16],
    ]);
    // A large one, and another size on the way, as when a phone is turned.
    expect(await colourOf(decoder, keyFrame(codec, '0x00ff00', '1600x900'))).toEqual([0, 16, 0]);
    expect(await (await decoder.decode(keyFrame(codec, '0xff0000', '362x642'))).whole()).toMatchObject({ width: 362, height: 642 });
  });

  it('that is damaged is refused, and the next one is decoded', async () => {
    await using decoder = await openDecoder(codec, null);
    await expect(decoder.decode(Buffer.from('0000000465aabbcc', 'hex'))).rejects.toThrow();
    expect(await colourOf(decoder, keyFrame(codec, '0x0000ff'))).toEqual([0, 0, 16]);
  });
});

describe('a stream of PPM pictures', () => {
  it('is taken apart wherever it is cut, and refused when it is none', () => {
    const picture = (value: number) => Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Buffer.alloc(6, value)]);
    const stream = Buffer.concat([picture(1), picture(2)]);
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new PpmReader();
      const pictures = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))];
      expect(pictures.map(({ rgb }) => rgb[0])).toEqual([1, 2]);
    }
    expect(() => new PpmReader().push(Buffer.alloc(40, 65))).toThrow('not a PPM');
  });
});
