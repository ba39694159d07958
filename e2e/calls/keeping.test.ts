import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CallId } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { gather, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';
import { framesOf, untilFrames } from '../support/observe.ts';
import { officerApi, untilRecorded } from '../support/officer-api.ts';
import { startRelay } from '../support/relay.ts';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const ROOT = resolve(import.meta.dirname, '../..');

async function startCall(installation: Installation, actors: Awaited<ReturnType<typeof openActors>>) {
  const callId = (await gather(installation, actors)) as CallId;
  await actors.inmate.screen.join();
  await actors.family.screen.join();
  await Promise.all([actors.inmate, actors.family, actors.officer].map(({ page }) => untilFrames(page, 10)));
  return callId;
}

describe('one installation in one process', () => {
  it('keeps a family member’s place while the line to the server is cut, and takes her back by itself', async () => {
    await using installation = await Installation.start();
    await using relay = await startRelay(installation.port);
    await using actors = await openActors();
    const through = new Proxy(installation, {
      get: (target, key) => (key === 'url' ? `http://127.0.0.1:${relay.port}` : (Reflect.get(target, key) as unknown)),
    });
    const callId = await startCall(through, actors);
    const api = await officerApi(installation);
    const presence = async () => (await api.getCall({ params: { id: callId } })).parties.family;
    relay.cut();
    await expect.poll(presence, { timeout: 20_000 }).toBe('reconnecting');
    relay.join();
    await expect.poll(presence, { timeout: 20_000 }).toBe('present');
    const before = (await framesOf(actors.family.page)).frames;
    await expect.poll(async () => (await framesOf(actors.family.page)).frames, { timeout: 10_000 }).toBeGreaterThan(before + 20);
    expect((await api.getCall({ params: { id: callId } })).state).toBe('live');
  });

  it('ends its calls properly on Ctrl-C and makes their recordings whole at the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-keep-'));
    try {
      let callId: CallId;
      {
        await using installation = await Installation.start({ dataDir });
        await using actors = await openActors();
        callId = await startCall(installation, actors);
        await sleep(3000);
        const stopped = installation.stop('all', 'SIGINT');
        await actors.family.page.waitForSelector('[data-testid=end-reason]');
        expect(await stopped).toBe(0);
      }
      await using again = await Installation.start({ dataDir });
      const api = await officerApi(again);
      expect(await api.getCall({ params: { id: callId } })).toMatchObject({ state: 'ended', endReason: 'shut_down' });
      const recording = await untilRecorded(api, callId);
      expect(recording.files.find((file) => file.kind === 'combined')?.durationS).toBeGreaterThan(2.5);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it('carries and records H.264 where the installation is set to it', async () => {
    await using installation = await Installation.start({ env: { QINQIAO_VIDEO_CODEC: 'h264' } });
    await using actors = await openActors();
    const callId = await startCall(installation, actors);
    await sleep(3000);
    await actors.officer.screen.prepareCutOff('test');
    await actors.officer.screen.confirmCutOff();
    const { files } = await untilRecorded(await officerApi(installation), callId);
    const pictures = files.filter((file) => file.kind === 'video');
    expect(pictures.map((file) => file.codec)).toEqual(['h264', 'h264']);
    for (const file of pictures) expect(file.durationS).toBeGreaterThan(2);
  });

  it('says in plain words when its port is in use', async () => {
    await using installation = await Installation.start();
    const dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-port-'));
    const env = {
      ...process.env,
      QINQIAO_PORT: String(installation.port),
      QINQIAO_RTC_PORT: '0',
      QINQIAO_DATA: dataDir,
      QINQIAO_LOG_LEVEL: 'silent',
    };
    const second = spawn(join(ROOT, 'node_modules/.bin/node'), ['deploy/all-in-one.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = (await once(second, 'exit')) as [number];
    rmSync(dataDir, { recursive: true, force: true });
    expect(code).toBe(1);
    expect(said).toContain(`Port ${installation.port} is in use`);
  });
});
