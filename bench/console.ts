import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launchBrowser, openPage } from '../e2e/support/browser.ts';
import { Installation } from '../e2e/support/installation.ts';
import { summary } from './statistics.ts';

const DIST = resolve(import.meta.dirname, '../admin-web/web/dist');
const ROUNDS = 20;

/** How much JavaScript the console asks for before anything can be seen, and how long a page takes with everything cached. */
export async function benchConsole(): Promise<object> {
  await using installation = await Installation.start();
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
    const [login] = installation.logins.officers;
    await page.goto(`${installation.url}/console/`);
    await page.fill('[data-testid=login-account]', login?.account ?? '');
    await page.fill('[data-testid=login-password]', login?.password ?? '');
    await page.click('[data-testid=login-submit]');
    await page.waitForSelector('[data-testid=call-row]');
    const times: Record<string, number[]> = { '/today': [], '/officers': [], '/inmates': [] };
    const shown: Record<string, string> = {
      '/today': '[data-testid=call-row]',
      '/officers': '[data-testid=officer-row]',
      '/inmates': '[data-testid=inmate-row]',
    };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [path, taken] of Object.entries(times)) {
        await page.goto('about:blank');
        const started = performance.now();
        await page.goto(`${installation.url}/console/#${path}`);
        await page.waitForSelector(shown[path] ?? '');
        // The first round fills the cache.
        if (round > 0) taken.push(performance.now() - started);
      }
    }
    const pages = Object.entries(times).map(([path, taken]) => ({ path, ms: summary(taken) }));
    return { initialJavaScriptKbGzip: initialJavaScript() / 1024, largestChunkKbGzip: largestChunk() / 1024, rounds: ROUNDS, pages };
  } finally {
    await browser.close();
  }
}

const gzipped = (file: string) => gzipSync(readFileSync(file)).length;

/** What index.html itself loads or preloads, compressed, bytes. */
function initialJavaScript(): number {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file);
  return files.reduce((sum, file) => sum + gzipped(join(DIST, file)), 0);
}

function largestChunk(): number {
  const files = readdirSync(join(DIST, 'assets')).filter((name) => name.endsWith('.js'));
  const [largest = ''] = files.toSorted((a, b) => statSync(join(DIST, 'assets', b)).size - statSync(join(DIST, 'assets', a)).size);
  return gzipped(join(DIST, 'assets', largest));
}
