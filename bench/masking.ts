/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { launchBrowser, openPage } from '../e2e/support/browser.ts';
import { summary } from './statistics.ts';
import { progress } from './stage.ts';

const PAGE = join(import.meta.dirname, 'pages/masking');
const PEOPLE = { hopper: 'grace-hopper-cut-out.webp', astronaut: 'astronaut-cut-out.webp' };
const SECONDS = 20;
const LEAK_FRAMES = 60;
const FAULT_FRAMES = 10_000;
const SEED = 20_261_121;

interface MaskingPage {
  pipeline(
    people: Record<string, string>,
    seconds: number,
  ): Promise<{ costMs: number[]; framesPerSecond: number[]; black: Record<string, number> }>;
  leaks(people: Record<string, string>, frames: number): Promise<{ scene: string; mean: number; worst: number; black: number }[]>;
  faults(people: Record<string, string>, frames: number, seed: number): Promise<Record<string, unknown>>;
}

/**
 * The tablet's masking in a browser without a graphics card: cost and frame rate at 640×480, the share of a known wall that survives in
 * what the worker puts out, and frames that show the wall among 10,000 with faults injected at random.
 */
export async function benchMasking(): Promise<object> {
  const outDir = mkdtempSync(join(tmpdir(), 'qinqiao-masking-'));
  const browser = await launchBrowser();
  try {
    await build({ root: PAGE, build: { outDir }, logLevel: 'error' });
    const server = await preview({ root: PAGE, build: { outDir }, preview: { port: 0 }, logLevel: 'error' });
    const { page } = await openPage(browser, { viewport: { width: 800, height: 600 } });
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    const people = Object.fromEntries(Object.entries(PEOPLE).map(([name, file]) => [name, pictureOf(file)]));
    const run = <Name extends keyof MaskingPage>(name: Name, ...args: Parameters<MaskingPage[Name]>) =>
      page.evaluate(
        ([act, given]) => (window as never as { masking: Record<string, (...all: unknown[]) => unknown> }).masking[act]?.(...given),
        [name, args] as const,
      ) as ReturnType<MaskingPage[Name]>;
    progress(`${SECONDS} s of the pipeline`);
    const { costMs, framesPerSecond, black } = await run('pipeline', people, SECONDS);
    progress(`leaks in ${LEAK_FRAMES} frames of each scene`);
    const leaks = await run('leaks', people, LEAK_FRAMES);
    progress(`${FAULT_FRAMES} frames with faults`);
    const faults = await run('faults', people, FAULT_FRAMES, SEED);
    await server.close();
    return { perFrameMs: summary(costMs), framesPerSecond: summary(framesPerSecond), black, leaks, faults };
  } finally {
    await browser.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

const pictureOf = (file: string) =>
  `data:image/webp;base64,${readFileSync(join(import.meta.dirname, '../e2e/media', file)).toString('base64')}`;
