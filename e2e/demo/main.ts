// npm run demo: one supervised call between real browsers, told as it happens. Exits non-zero when any of it did not truly happen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { playDemo } from './play.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, out: { type: 'string', default: 'data/demo' } } });
const folder = resolve(values.out);
mkdirSync(folder, { recursive: true });

const started = Date.now();
const tell = (text: string) => console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);

try {
  const measured = await playDemo(folder, tell);
  if (values.json) writeFileSync(values.json, JSON.stringify(measured, null, 2));
  console.log(`\n✓ All of it happened. Screenshots and recordings: ${folder}`);
  process.exit(0);
} catch (error) {
  console.error(`\n✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(1);
}
