const WIDTH = 300;
const HEIGHT = 170;

const two = (value: number) => String(value).padStart(2, '0');

/** Who looks, and when, to the minute: `陈秀英 2026-11-21 15:30`. `now`: epoch milliseconds, shown in the device's time zone. */
export function watermarkText(name: string, now: number): string {
  const at = new Date(now);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${name} ${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** The text as a faint tile for CSS `background-image`: to be read on light and on dark, without hiding what is behind. */
export function watermarkTile(text: string): string {
  const escaped = text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? '');
  const style = 'fill="#fff" fill-opacity=".2" stroke="#000" stroke-opacity=".14" stroke-width=".6"';
  const line = (x: number, y: number) =>
    `<text x="${x}" y="${y}" transform="rotate(-18 ${x} ${y})" font-family="sans-serif" font-size="15" ${style}>${escaped}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${line(20, 140)}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}
