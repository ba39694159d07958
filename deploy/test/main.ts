// npm test: lint, format, types, unit and integration tests, then calls between real browsers. Ends with `N passed, N failed`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

interface Count {
  passed: number;
  failed: number;
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
  });
}

async function check(name: string, command: string, args: string[]): Promise<Count> {
  const started = Date.now();
  const ok = (await run(join(BIN, command), args)) === 0;
  console.log(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return { passed: Number(ok), failed: Number(!ok) };
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  success: boolean;
}

async function vitest(project: string, report: string): Promise<Count> {
  const script = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(join(BIN, 'node'), ['--disable-warning=ExperimentalWarning', script, 'run', '--project', project, ...reporters]);
  try {
    const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
    // A file that cannot even be loaded fails the run without a failed test.
    return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-test-report-'));
  const only = process.argv[2];
  const steps: [string, () => Promise<Count>][] = [
    ['check', () => check('lint', 'oxlint', ['--type-aware'])],
    ['check', () => check('format', 'biome', ['format', '.'])],
    ['check', () => check('types: services', 'tsc', ['-p', 'tsconfig.json'])],
    ['check', () => check('types: web', 'tsc', ['-p', 'tsconfig.web.json'])],
    ['check', () => check('types: family app', 'tsc', ['-p', 'family-miniapp/tsconfig.json'])],
    ['unit', () => vitest('unit', join(folder, 'unit.json'))],
    ['e2e', () => vitest('e2e', join(folder, 'e2e.json'))],
  ];
  const total: Count = { passed: 0, failed: 0 };
  for (const [group, step] of steps) {
    if (only && only !== group) continue;
    const { passed, failed } = await step();
    total.passed += passed;
    total.failed += failed;
  }
  rmSync(folder, { recursive: true, force: true });
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exit(await main());
