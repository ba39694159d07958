import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { EmbeddedFaces } from '../index.ts';
import { BAD_PICTURES, otherPictures, portrait } from '../testing/index.ts';
import { describeFolder } from './pictures.ts';
import { equalErrorRate, pairsOf, ratesOf } from './rates.ts';
import { reportOf } from './report.ts';

const pair = (same: boolean, likeness: number) => ({ same, likeness });

describe('rates of errors', () => {
  const pairs = [pair(true, 0.9), pair(true, 0.7), pair(true, 0.5), pair(false, 0.6), pair(false, 0.3), pair(false, 0.2), pair(false, 0.1)];

  it('counts who would be let in and who would be refused', () => {
    expect(ratesOf(pairs, [40, 60, 61])).toEqual([
      { threshold: 40, falseAccepts: 1 / 4, falseRejects: 0 },
      { threshold: 60, falseAccepts: 1 / 4, falseRejects: 1 / 3 },
      { threshold: 61, falseAccepts: 0, falseRejects: 1 / 3 },
    ]);
  });

  it('finds where both are nearest', () => {
    expect(equalErrorRate(pairs)?.rate).toBeCloseTo((1 / 4 + 1 / 3) / 2);
    const apart = equalErrorRate([pair(true, 0.8), pair(false, 0.4)]);
    expect(apart?.rate).toBe(0);
    expect(apart!.threshold).toBeGreaterThan(40);
    expect(apart!.threshold).toBeLessThan(80);
    expect(equalErrorRate([pair(true, 0.8)])).toBeNull();
  });
});

describe('a folder of pictures', () => {
  it('is described person by person; what cannot be used is named with its reason', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'qinqiao-faces-'));
    await using faces = new EmbeddedFaces({ threads: 1, log: createLogger('faces', 'silent') });
    try {
      for (const person of ['astronaut', 'hopper'] as const) {
        await mkdir(join(folder, person));
        await writeFile(join(folder, person, '1.png'), await portrait(person));
        const { darker, cropped } = await otherPictures(person);
        await writeFile(join(folder, person, '2.jpg'), darker);
        await writeFile(join(folder, person, '3.jpg'), cropped);
      }
      await writeFile(join(folder, 'hopper', '.DS_Store'), 'x');
      await writeFile(join(folder, 'hopper', '4.jpg'), await BAD_PICTURES.blurred());
      const { described, unusable } = await describeFolder(faces, folder);
      expect(described).toHaveLength(6);
      expect(unusable).toEqual([{ file: join('hopper', '4.jpg'), problem: 'blurred' }]);
      const pairs = pairsOf(described, (one, other) => faces.likeness(one, other));
      expect(ratesOf(pairs, [60])).toEqual([{ threshold: 60, falseAccepts: 0, falseRejects: 0 }]);
      const report = reportOf({ model: faces.model, described, unusable, pairs });
      expect(report).toContain('people: 2  照片 pictures: 6');
      expect(report).toContain('1 × blurred');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
