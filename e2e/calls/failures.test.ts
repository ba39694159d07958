/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RestOutput } from '@qinqiao/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Actors, gather, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';
import { framesOf, untilFrames } from '../support/observe.ts';
import { type OfficerApi, officerApi, untilRecorded } from '../support/officer-api.ts';
import { descendants } from '../support/processes.ts';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
let installation: Installation;
let actors: Actors;
let opened: AsyncDisposableStack;
let api: OfficerApi;
let callId: string;

/** A running call; each service in a process of its own, so that one can be killed. */
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  installation = opened.use(await Installation.start({ split: true }));
  actors = opened.use(await openActors());
  callId = await gather(installation, actors);
  api = await officerApi(installation);
  await actors.inmate.screen.join();
  await actors.family.screen.join();
  await Promise.all([actors.inmate, actors.family, actors.officer].map(({ page }) => untilFrames(page, 10)));
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') console.error(installation.logTail(60));
  await opened.disposeAsync();
});

const health = (what: 'recording' | 'speech') => actors.officer.page.getAttribute(`[data-testid=health-${what}]`, 'data-health');
const untilHealth = async (what: 'recording' | 'speech', wanted: string, withinMs: number) => {
  const started = Date.now();
  while ((await health(what)) !== wanted) {
    if (Date.now() - started > withinMs) throw new Error(`${what} is ${await health(what)}, not ${wanted}, after ${withinMs} ms`);
    await sleep(25);
  }
};

/** Waits until both parties get new frames of each other. */
async function untilPicturesMove(): Promise<void> {
  for (const { page } of [actors.inmate, actors.family]) {
    const since = await page.evaluate(() => performance.timeOrigin + performance.now());
    const moved = (from: number) => window.qinqiaoProbe.tracks.filter((track) => (track.last ?? 0) > from).length > 0;
    await page.waitForFunction(moved, since + 500, { timeout: 30_000 });
  }
}

async function endAndFetch(): Promise<RestOutput<'getRecording'>> {
  await actors.officer.screen.prepareCutOff('test');
  await actors.officer.screen.confirmCutOff();
  const recording = await untilRecorded(api, callId);
  for (const file of recording.files) {
    const path = join(installation.dataDir, `fetched-${file.name}`);
    writeFileSync(path, Buffer.from(await (await fetch(installation.url + file.url)).arrayBuffer()));
    // Waveforms and thumbnails are no media.
    if (!['audio', 'video', 'combined'].includes(file.kind)) continue;
    execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-'], { stdio: 'pipe' });
  }
  return recording;
}
const eventKinds = async () => {
  const { items } = await api.listCallEvents({ params: { id: callId }, query: { limit: 100 } });
  return items.map((event) => event.kind);
};

describe('kill -9 of', () => {
  it('a media worker: the pages join again by themselves, and the record is one call', async () => {
    for (const pid of descendants(installation.pid('web-with-demo-data'), 'mediasoup-worker')) process.kill(pid, 'SIGKILL');
    await sleep(300);
    await untilPicturesMove();
    await sleep(2000);
    const recording = await endAndFetch();
    expect(recording.files.map((file) => file.name).filter((name) => name.includes('video'))).toHaveLength(2);
    expect(await eventKinds()).toContain('mediaLost');
  });

  it('the recorder: the officer knows within two seconds, the call is held and goes on, the gap is marked', async () => {
    await sleep(3000);
    await installation.stop('recorder', 'SIGKILL');
    await untilHealth('recording', 'down', 2000);
    await actors.family.page.waitForSelector('[data-testid=hold-notice]');
    installation.run('recorder');
    await untilHealth('recording', 'ok', 10_000);
    await actors.family.page.waitForSelector('[data-testid=hold-notice]', { state: 'hidden' });
    await untilPicturesMove();
    await sleep(2500);
    const recording = await endAndFetch();
    expect(recording.gaps.some((gap) => gap.cause === 'restart')).toBe(true);
    const combined = recording.files.find((file) => file.kind === 'combined');
    expect(combined?.durationS).toBeGreaterThan(5);
  });

  it('the speech bridge: the officer knows within two seconds, the call goes on, and so does the transcript', async () => {
    await installation.stop('asr-bridge', 'SIGKILL');
    await untilHealth('speech', 'down', 2000);
    const before = (await framesOf(actors.family.page)).frames;
    installation.run('asr-bridge');
    await untilHealth('speech', 'ok', 15_000);
    expect((await framesOf(actors.family.page)).frames).toBeGreaterThan(before);
    expect(await eventKinds()).toContain('speechLost');
  });

  it('the speech engine: the officer knows, and it is started anew', async () => {
    const engines = descendants(installation.pid('asr-bridge'), 'trial-engine');
    expect(engines.length).toBeGreaterThan(0);
    for (const pid of engines) process.kill(pid, 'SIGKILL');
    await actors.officer.page.waitForFunction(
      () => document.querySelector('[data-testid=health-speech]')?.getAttribute('data-health') !== 'ok',
      undefined,
      { timeout: 2000, polling: 20 },
    );
    await untilHealth('speech', 'ok', 15_000);
    const fresh = descendants(installation.pid('asr-bridge'), 'trial-engine');
    expect(fresh.filter((pid) => !engines.includes(pid)).length).toBe(engines.length);
  });

  it('everything: after the restart the pages come back into the same call, and what was recorded before is there', async () => {
    await sleep(3000);
    await Promise.all((['recorder', 'asr-bridge', 'web-with-demo-data'] as const).map((name) => installation.stop(name, 'SIGKILL')));
    await sleep(1000);
    for (const name of ['web-with-demo-data', 'recorder', 'asr-bridge'] as const) installation.run(name);
    await installation.untilReady();
    await untilPicturesMove();
    await sleep(2500);
    const recording = await endAndFetch();
    expect(recording.gaps.some((gap) => gap.cause === 'restart')).toBe(true);
    const [video] = recording.files.filter((file) => file.participant === 'family' && file.kind === 'video');
    expect(video?.durationS).toBeGreaterThan(6);
  });
});
