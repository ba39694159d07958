import type { TranscriptSegment } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { allPages } from './all-pages.ts';
import { fileTime, segmentAt } from './timeline.ts';

const segment = (id: string, startMs: number, endMs: number) => ({ id, startMs, endMs }) as TranscriptSegment;
const segments = [segment('a', 1000, 3000), segment('b', 2500, 4000), segment('c', 9000, 9500)];

describe('segmentAt', () => {
  it.each([
    [500, null],
    [1000, 'a'],
    [2600, 'b'],
    [4900, 'b'],
    [6000, null],
    [9200, 'c'],
  ])('%d ms: %s', (ms, id) => expect(segmentAt(segments, ms)?.id ?? null).toBe(id));
});

describe('fileTime', () => {
  const file = { startMs: 2000, durationS: 60 };
  it('counts from where the file begins', () => expect(fileTime(12_500, file)).toBe(10.5));
  it('stays within the file', () => {
    expect(fileTime(0, file)).toBe(0);
    expect(fileTime(999_999, file)).toBe(60);
  });
});

describe('allPages', () => {
  it('reads on until there is no next page', async () => {
    const cursors: (string | undefined)[] = [];
    const items = await allPages(async ({ cursor }) => {
      cursors.push(cursor);
      const page = cursor === undefined ? 1 : Number(cursor);
      return { items: [page * 10, page * 10 + 1], next: page < 3 ? String(page + 1) : null };
    });
    expect(items).toEqual([10, 11, 20, 21, 30, 31]);
    expect(cursors).toEqual([undefined, '2', '3']);
  });
});
