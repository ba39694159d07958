import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, Installation } from '../support/installation.ts';
import { cpuSeconds } from '../support/processes.ts';

const PATH = '/api/inmates?limit=20';

let installation: Installation;
let port: number;
beforeEach(async () => {
  port = await freePort();
  installation = await Installation.start({ env: { QINQIAO_REST_PORT: String(port), QINQIAO_SPEECH_ENGINE: 'none' } });
});
afterEach(() => installation[Symbol.asyncDispose]());

const ask = (base: string, path: string, token?: string, body?: object) =>
  fetch(base + path, {
    method: body ? 'POST' : 'GET',
    // A connection of its own each time, so that the processes share them.
    headers: { connection: 'close', 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

it('several processes serve REST at one port; a log-in holds in all of them, and one may go', async () => {
  const rest = `http://127.0.0.1:${port}`;
  const pids = [installation.run('rest', 'first'), installation.run('rest', 'second')];
  await expect.poll(() => installation.logTail().match(/rest is up/g)?.length, { timeout: 30_000 }).toBe(2);
  const [manager] = installation.logins.officers;
  if (!manager) throw new Error('no officer in the demo data');
  const { token } = (await (await ask(rest, '/api/login/officer', undefined, manager)).json()) as { token: string };
  const before = pids.map(cpuSeconds);
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(rest, PATH, token).then(({ status }) => status)));
  expect(new Set(answers)).toEqual(new Set([200]));
  pids.forEach((pid, index) => expect(cpuSeconds(pid)).toBeGreaterThan(before[index] ?? 0));
  expect((await ask(installation.url, PATH, token)).status).toBe(200);
  expect(await installation.stop('first', 'SIGTERM')).toBe(0);
  expect((await ask(rest, PATH, token)).status).toBe(200);
  expect((await ask(rest, '/api/logout', token, {})).status).toBe(200);
  expect((await ask(installation.url, PATH, token)).status).toBe(401);
});
