import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** What WeChat takes for a main package. */
const MOST_BYTES = 2 * 1024 * 1024;
const SERVER = 'https://qinqiao.test.invalid';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'qinqiao-weapp-'));
  const env = { ...process.env, NODE_ENV: 'production', QINQIAO_SERVER: SERVER, QINQIAO_WEAPP_OUT: out };
  const node = join(ROOT, 'node_modules/.bin/node');
  const script = join(ROOT, 'node_modules/@tarojs/cli/bin/taro');
  execFileSync(node, [script, 'build', '--type', 'weapp'], { cwd: join(ROOT, 'family-miniapp'), env, stdio: 'pipe' });
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const files = (): string[] => readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(out, name)).isFile());

describe('the mini-program', () => {
  it('has its pages and fits into one package', () => {
    const { pages } = JSON.parse(readFileSync(join(out, 'app.json'), 'utf8')) as { pages: string[] };
    expect(pages[0]).toBe('pages/login/index');
    const wanted = [
      'register',
      'home',
      'call',
      'inmates',
      'link',
      'companions',
      'allowlist',
      'numbers',
      'book',
      'appointments',
      'messages',
      'help',
    ];
    expect(pages).toEqual(expect.arrayContaining(wanted.map((name) => `pages/${name}/index`)));
    for (const page of pages) expect(files()).toContain(`${page}.wxml`);
    const bytes = files().reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('carries no WebRTC library, opens calls in a web view, and passes on what screen readers are told', () => {
    const code = files()
      .filter((name) => name.endsWith('.js'))
      .map((name) => readFileSync(join(out, name), 'utf8'))
      .join('\n');
    expect(/RTCPeerConnection|mediasoup|getUserMedia/.exec(code)?.[0]).toBeUndefined();
    expect(code).toContain(SERVER);
    expect(code).toContain('handover=');
    const templates = readFileSync(join(out, 'base.wxml'), 'utf8');
    expect(templates).toMatch(/<web-view/);
    expect(templates).toMatch(/aria-label="\{\{/);
  });
});
