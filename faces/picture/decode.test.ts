import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { movingPicture, portrait } from '../testing/index.ts';
import { decode } from './decode.ts';
import { keepable } from './keepable.ts';

const problemOf = (encoded: Uint8Array) =>
  decode({ encoded }).then(
    () => null,
    (error: { problem?: string }) => error.problem ?? error,
  );

function chunk(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** An animated PNG, which the encoder here cannot make. */
function animatedPng(): Buffer {
  const header = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]);
  const control = Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(65 * 64));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('acTL', control), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('decoding', () => {
  it('turns every kind of JPEG, PNG and WebP into three bytes a pixel', async () => {
    const original = sharp(await portrait('hopper')).resize(200, 100);
    const kinds = {
      grey: await original.clone().greyscale().jpeg().toBuffer(),
      cmyk: await original.clone().toColourspace('cmyk').jpeg().toBuffer(),
      deep: await original.clone().toColourspace('rgb16').png().toBuffer(),
      clear: await original.clone().ensureAlpha(0.5).png().toBuffer(),
      palette: await original.clone().png({ palette: true }).toBuffer(),
      webp: await original.clone().webp().toBuffer(),
    };
    for (const [kind, encoded] of Object.entries(kinds)) {
      const { rgb, width, height, scale } = await decode({ encoded });
      expect([kind, rgb.length, width, height, scale]).toEqual([kind, 200 * 100 * 3, 200, 100, 1]);
      expect(rgb.reduce((sum, value) => sum + value, 0) / rgb.length).toBeGreaterThan(20);
    }
  });

  it('sets pictures upright and scales large ones down, saying by how much', async () => {
    const turned = await sharp(await portrait('hopper'))
      .resize(3000, 2000)
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await decode({ encoded: turned })).toMatchObject({ width: 853, height: 1280 });
    expect((await decode({ encoded: turned })).scale).toBeCloseTo(2000 / 853, 3);
  });

  it('refuses by its bytes, whatever the file is called', async () => {
    expect(await problemOf(Buffer.alloc(0))).toBe('not_an_image');
    expect(await problemOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('not_an_image');
    expect(
      await problemOf(
        await sharp(await portrait('hopper'))
          .tiff()
          .toBuffer(),
      ),
    ).toBe('not_an_image');
    expect(
      await problemOf(
        await sharp(await portrait('hopper'))
          .gif()
          .toBuffer(),
      ),
    ).toBe('not_an_image');
    expect(await problemOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))).toBe('truncated');
    expect(await problemOf(animatedPng())).toBe('animated');
    expect(await problemOf(await movingPicture('webp'))).toBe('animated');
    expect(
      await problemOf(
        await sharp({ create: { width: 20, height: 4000, channels: 3, background: '#fff' } })
          .png()
          .toBuffer(),
      ),
    ).toBe('too_small');
  });

  it('refuses raw pixels that are not as many as they say', async () => {
    await expect(decode({ rgb: new Uint8Array(11), width: 2, height: 2 })).rejects.toMatchObject({ problem: 'truncated' });
    expect(await decode({ rgb: new Uint8Array(12), width: 2, height: 2 })).toMatchObject({ width: 2, scale: 1 });
  });
});

describe('what is kept', () => {
  it('is an upright JPEG without what the camera wrote into it', async () => {
    const withPlace = await sharp(await portrait('astronaut'))
      .withExif({ IFD0: { Artist: 'somebody' }, IFD3: { GPSLatitude: '31/1 14/1 0/1' } })
      .jpeg()
      .toBuffer();
    expect((await sharp(withPlace).metadata()).exif).toBeDefined();
    const kept = await sharp(await keepable(withPlace)).metadata();
    expect(kept).toMatchObject({ format: 'jpeg', width: 512, height: 512 });
    expect(kept.exif).toBeUndefined();
  });
});
