import { globSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CallId, EvidenceCheck, PrisonId } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import { makeClip, storeLongCall } from '@qinqiao/recorder/testing';
import { loadConfig, openDatabase, openSoftwareCrypto, rootSecret, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { Page } from 'playwright-core';
import { launchBrowser, openPage } from '../e2e/support/browser.ts';
import { Installation } from '../e2e/support/installation.ts';
import { type OfficerApi, officerApi } from '../e2e/support/officer-api.ts';
import { progress, sleep } from './stage.ts';
import { summary } from './statistics.ts';

const ROUNDS = 30;
const MiB = 1024 * 1024;

/**
 * A long generated call: recorded, sealed, played in Chromium, verified, tampered with and found.
 *
 *   npm run bench -- storage [--minutes 60]
 */
export async function benchStorage(): Promise<object> {
  const { values } = parseArgs({ options: { minutes: { type: 'string' } }, strict: false });
  const minutes = Number(values.minutes ?? 60);
  await using installation = await Installation.start();
  const callId = await addLongCall(installation, minutes);
  const api = await officerApi(installation);
  const sealing = await untilSealed(api, callId);
  progress('verified');
  const sound = await verdictOf(api, callId);
  progress('played');
  const playing = await play(installation, api, callId);
  progress('tampered with');
  const tampered = await tamper(installation, api, callId);
  const { bytes, seconds } = sound;
  return {
    minutes,
    megabytes: Math.round(bytes / 1e6),
    seal: { seconds: sealing.seconds, megabytesPerSecond: Math.round(bytes / 1e6 / sealing.seconds) },
    verify: { intact: sound.intact, seconds, megabytesPerSecond: Math.round(bytes / 1e6 / seconds) },
    ...playing,
    tampered,
  };
}

/** Puts a call's journals into the installation as a recorder leaves them; it makes files of them when it starts again. */
async function addLongCall(installation: Installation, minutes: number): Promise<CallId> {
  await installation.stop('all', 'SIGTERM');
  const config = loadConfig({ QINQIAO_DATA: installation.dataDir });
  const db = openDatabase(config);
  try {
    const crypto = openSoftwareCrypto({ dataDir: config.dataDir, secret: rootSecret(config) });
    progress('a clip is made');
    const clip = await makeClip({ seconds: 12, size: '320x240', keyEvery: 50 });
    progress(`a call of ${minutes} minutes is generated`);
    const epoch = toInstant(Date.now() - 86_400_000);
    const people = {
      prisonId: 'demo-prison',
      roomId: 'demo-room-1',
      inmateId: 'demo-inmate-1',
      familyId: 'demo-family-1',
      relation: '母亲',
    };
    const times = { startsAt: epoch, endsAt: toInstant(Date.parse(epoch) + minutes * 60_000) };
    const callId = await createCall(db, { ...people, ...times }, SYSTEM_ACTOR, epoch);
    await storeLongCall({ db, dataDir: config.dataDir, crypto }, { callId, prisonId: 'demo-prison' as PrisonId, epoch, minutes, clip });
    return callId;
  } finally {
    await db.destroy();
    installation.run('all');
    await installation.untilReady();
  }
}

/** How long it took from when the files were there until they were sealed and read back. */
async function untilSealed(api: OfficerApi, callId: CallId): Promise<{ seconds: number }> {
  progress('its files are made');
  let began: number | undefined;
  for (;;) {
    // On a busy machine a connection may be closed in between.
    const recording = await api.getCall({ params: { id: callId } }).then(
      (call) => call.recording,
      () => null,
    );
    if (recording === 'failed') throw new Error('its files could not be made');
    if (recording === 'sealing' && began === undefined) {
      progress('sealed');
      began = performance.now();
    }
    if (recording === 'ready') return { seconds: Math.round((performance.now() - (began ?? performance.now())) / 100) / 10 };
    await sleep(100);
  }
}

async function verdictOf(api: OfficerApi, callId: CallId): Promise<NonNullable<EvidenceCheck['verdict']>> {
  const params = { id: callId };
  const { id } = await api.verifyRecording({ params });
  for (;;) {
    const check = (await api.getEvidence({ params })).checks.find((each) => each.id === id);
    if (check?.verdict) return check.verdict;
    if (check?.error) throw new Error(check.error);
    await sleep(200);
  }
}

/** From asking for the combined file to its first frame on the screen, and from a seek to the frame there. */
async function play(installation: Installation, api: OfficerApi, callId: CallId) {
  const { files } = await api.getRecording({ params: { id: callId } });
  const combined = files.find((file) => file.kind === 'combined');
  if (!combined) throw new Error('no combined file');
  const browser = await launchBrowser();
  try {
    const { page } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
    await page.goto(`${installation.url}/healthz`);
    const [first, seeks]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const to = (combined.durationS * ((round * 7919) % 1000)) / 1000;
      const taken = await playOnce(page, installation.url + combined.url, to);
      first.push(taken.firstMs);
      seeks.push(taken.seekMs);
    }
    return { rounds: ROUNDS, combinedMegabytes: Math.round(combined.bytes / 1e6), firstFrameMs: summary(first), seekMs: summary(seeks) };
  } finally {
    await browser.close();
  }
}

const playOnce = (page: Page, url: string, seekS: number) =>
  page.evaluate(
    async ({ url: address, seekS: to }) => {
      const video = document.createElement('video');
      video.muted = true;
      document.body.append(video);
      const frame = () => new Promise<void>((done) => video.requestVideoFrameCallback(() => done()));
      const began = performance.now();
      const shown = frame();
      video.src = address;
      await video.play();
      await shown;
      const firstMs = performance.now() - began;
      const from = performance.now();
      video.currentTime = to;
      await new Promise<void>((done) => video.addEventListener('seeked', () => done(), { once: true }));
      const seekMs = performance.now() - from;
      video.removeAttribute('src');
      video.load();
      video.remove();
      return { firstMs, seekMs };
    },
    { url, seekS },
  );

/** One bit in the middle of the stored combined file is turned over; the check must name its block. */
async function tamper(installation: Installation, api: OfficerApi, callId: CallId) {
  const [path] = globSync(join(installation.dataDir, 'sealed/recordings/*/*', callId, 'combined.*.sealed'));
  if (path === undefined) throw new Error('the sealed file is not there');
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const at = Math.floor(size / 2);
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
  await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  const { intact, faults } = await verdictOf(api, callId);
  return { byte: at, block: Math.floor(at / MiB), intact, faults };
}
