import { describe, expect, it } from 'vitest';
import { namesMeant, pictureNames } from './bulk-names.ts';

describe('names of the files in a zip', () => {
  it('leaves out folders and what computers put beside pictures', () => {
    const names = ['a/', 'a/1.jpg', '__MACOSX/a/._1.jpg', 'a/.DS_Store', 'a/Thumbs.db', 'desktop.ini', '../1.jpg'];
    expect(pictureNames(names)).toEqual(['a/1.jpg', '../1.jpg']);
  });

  it.each([
    ['1001.jpg', ['1001']],
    ['photos/1001-2.JPEG', ['1001-2', '1001']],
    ['1001 (3).png', ['1001 (3)', '1001']],
    ['1001_12.webp', ['1001_12', '1001']],
    ['１００１.jpg', ['1001']],
    ['notes.txt', []],
    ['.jpg', []],
    [`${'9'.repeat(40)}.jpg`, []],
  ])('takes %s for %j', (file, meant) => expect(namesMeant(file)).toEqual(meant));
});
