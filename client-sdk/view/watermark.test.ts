import { expect, it } from 'vitest';
import { watermarkText, watermarkTile } from './watermark.ts';

it('names who looks and when, to the minute', () => {
  const at = new Date(2026, 0, 5, 8, 7, 59).getTime();
  expect(watermarkText('陈秀英', at)).toBe('陈秀英 2026-01-05 08:07');
});

it('is a picture whatever the name is', () => {
  const tile = watermarkTile('<a href="x">O\'Brien & ");');
  const svg = decodeURIComponent(tile.slice('url("data:image/svg+xml,'.length, -2));
  expect(svg).toContain("&lt;a href=&quot;x&quot;&gt;O'Brien &amp; &quot;);</text>");
  expect(tile.slice(5, -2)).not.toMatch(/["<>\s]/);
});
