import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expect, it } from 'vitest';
import { webApps } from './web-apps.ts';

it('only the tablet may run WebAssembly, and no app workers of somebody else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-apps-'));
  mkdirSync(join(folder, 'assets'));
  for (const file of ['index.html', 'assets/worker.js']) writeFileSync(join(folder, file), 'x');
  const server = express()
    .use(webApps({ console: folder, family: folder, tablet: folder }))
    .listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const path of ['console', 'family', 'tablet']) {
      for (const file of ['', 'assets/worker.js']) {
        const policy = (await fetch(`http://127.0.0.1:${port}/${path}/${file}`)).headers.get('content-security-policy') ?? '';
        const directives = Object.fromEntries(policy.split(';').map((line) => [line.split(' ')[0], line.split(' ').slice(1)]));
        expect([path, directives['script-src']?.includes("'wasm-unsafe-eval'")]).toEqual([path, path === 'tablet']);
        expect(policy).not.toContain("'unsafe-eval'");
        expect(directives['worker-src']).toEqual(["'self'"]);
      }
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
