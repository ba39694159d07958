import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Spoken, speakTrial, type TrialVoice } from '@qinqiao/asr-bridge/testing';
import type { Page } from 'playwright-core';
import { type Actors, gather, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';
import { clap, clickedAt, framesOf, say, seenAt, soundReceived, untilFrames } from '../support/observe.ts';
import { officerApi, untilRecorded } from '../support/officer-api.ts';
import { assertTrue, type Measured, measureRecording } from './measure.ts';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
type Tell = (text: string) => void;
interface Stage {
  actors: Actors;
  tell: Tell;
  shot: (name: string) => Promise<void>;
}

const CLAPS = 4;
const MESSAGE = '请文明通话，注意言行。';
const REASON = '谈论脱逃，终止会见';

/** Plays the whole call and measures it. Throws at the first thing that did not happen. */
export async function playDemo(folder: string, tell: Tell): Promise<Measured> {
  const scratch = mkdtempSync(join(tmpdir(), 'qinqiao-demo-'));
  try {
    tell('亲桥 starts, on a throw-away data folder');
    await using installation = await Installation.start({ dataDir: scratch });
    await using actors = await openActors({ ownBrowsers: true });
    mkdirSync(join(folder, 'screens'), { recursive: true });
    const shot = async (name: string) => {
      for (const role of ['inmate', 'family', 'officer'] as const) {
        await actors[role].page.screenshot({ path: join(folder, 'screens', `${name}-${role}.png`) });
      }
    };
    const stage = { actors, tell, shot };
    const callId = await gather(installation, actors).catch(async (error: unknown) => {
      await shot('0-failed');
      tell(`Pages complained: ${faultsOf(actors)}`);
      throw error;
    });
    tell('The inmate is at the tablet, the mother at her phone, the officer watches');
    const setupMs = await meet(stage);
    const alerts = await talk(stage, scratch);
    const stranger = await strangerComes(stage);
    const interjectHeardBy = await interject(stage, scratch);
    const { cutOffMs, framesDecoded } = await cutOff(stage);
    const recording = await keepRecording(installation, callId, folder, tell);
    await showReplay(installation, actors, callId, folder);
    const faults = faultsOf(actors);
    if (faults) tell(`Pages complained: ${faults}`);
    return { setupMs, framesDecoded, alerts, stranger, interjectHeardBy, cutOffMs, recording };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const faultsOf = ({ inmate, family, officer }: Actors) =>
  [inmate, family, officer]
    .flatMap(({ faults }) => faults)
    .join(' | ')
    .slice(0, 600);

/** The inmate waits in the room; the mother joins; each sees the other. */
async function meet({ actors, tell, shot }: Stage): Promise<Measured['setupMs']> {
  const { inmate, family, officer } = actors;
  await inmate.screen.join();
  await inmate.page.waitForSelector('[data-testid=remaining]');
  await sleep(1500);
  await family.screen.join();
  await Promise.all([untilFrames(inmate.page), untilFrames(family.page), untilFrames(officer.page)]);
  const joined = await clickedAt(family.page, 'join-call');
  const [seenByFamily, seenByInmate] = [await framesOf(family.page), await framesOf(inmate.page)];
  const setupMs = {
    family: Math.round((seenByFamily.first ?? Number.NaN) - joined),
    inmate: Math.round((seenByInmate.first ?? Number.NaN) - joined),
  };
  tell(`They see each other: ${setupMs.family} ms after her tap on her side, ${setupMs.inmate} ms on his`);
  await sleep(1500);
  await shot('1-live');
  return setupMs;
}

interface Line {
  speaker: 'inmate' | 'family';
  words: string[];
  voice: TrialVoice;
  alert: string | null;
}
const LINES: Line[] = [
  { speaker: 'family', words: ['妈妈', '身体', '很好'], voice: 'slt', alert: null },
  { speaker: 'inmate', words: ['他们', '准备', '越狱'], voice: 'rms', alert: '越狱' },
  { speaker: 'family', words: ['不要', '自杀'], voice: 'slt', alert: '自杀' },
];

/** They speak the spoken test language; the officer reads along, and the sensitive words stand out. */
async function talk({ actors, tell, shot }: Stage, scratch: string): Promise<Measured['alerts']> {
  const { officer } = actors;
  const alerts: Measured['alerts'] = [];
  for (const { speaker, words, voice, alert } of LINES) {
    const { wav, spoken } = await voiceOf(words, voice, scratch);
    const startedAt = await say(actors[speaker].page, wav);
    tell(`The ${speaker} says: ${words.join('')}`);
    if (alert) {
      const wordEnd = startedAt + (spoken.words.find((word) => word.word === alert)?.endMs ?? Number.NaN);
      const latencyMs = Math.round((await seenAt(officer.page, 'alert-item', alert, startedAt)) - wordEnd);
      alerts.push({ word: alert, speaker, latencyMs });
      tell(`⚠ ${alert} stands on the officer's page ${latencyMs} ms after the word was spoken`);
    }
    await seenAt(officer.page, 'transcript-line', words.at(-1) ?? '', startedAt);
    await sleep(1200);
  }
  await acknowledge(officer.page, tell);
  await shot('2-alert');
  return alerts;
}

/** The officer who watches acknowledges the first alert where it stands. */
async function acknowledge(page: Page, tell: (text: string) => void): Promise<void> {
  const waiting = page.locator('.alert-item:has([data-testid=live-acknowledge])').first();
  const id = await waiting.locator('[data-testid=alert-item]').getAttribute('data-alert');
  // By its name: meanwhile another may come to wait.
  const acknowledged = page.locator(`.alert-item:has([data-alert="${id}"]) [data-testid=live-acknowledge]`);
  await acknowledged.click();
  await acknowledged.waitFor({ state: 'detached' });
  tell('The officer acknowledges the alert, in his name');
}

async function voiceOf(words: string[], voice: TrialVoice, scratch: string): Promise<{ wav: string; spoken: Spoken }> {
  const file = join(scratch, `${words.join('')}.wav`);
  const spoken = await speakTrial(words, voice, file);
  return { wav: readFileSync(file).toString('base64'), spoken };
}

/** Somebody who is not on the call's list comes beside the mother; the officer is warned with a still, takes her picture away and gives it back. */
async function strangerComes({ actors, tell, shot }: Stage): Promise<Measured['stranger']> {
  const { officer, inmate, family } = actors;
  const mask = await officer.page.getAttribute('[data-testid=mask-state]', 'data-state');
  assertTrue(mask === 'masked', `the inmate's background is ${mask ?? 'unknown'}`);
  tell('The inmate’s background is masked, and the officer is told so');
  const came = performance.now();
  await family.page.evaluate(() => window.qinqiaoSource.company(true));
  const warning = officer.page.locator('[data-testid=picture-warning][data-party=family]').first();
  await warning.waitFor({ timeout: 30_000 });
  const warnedMs = Math.round(performance.now() - came);
  const kind = (await warning.getAttribute('data-kind')) ?? '';
  await officer.page.waitForSelector('[data-testid=picture-still]');
  tell(`⚠ A second person beside the mother: ${kind}, on the officer's page ${warnedMs} ms later, with the still`);
  await officer.page.locator('[data-testid=hold-picture-family]').first().click();
  await inmate.page.waitForSelector('[data-testid=hold-notice]');
  await shot('2b-stranger');
  await family.page.evaluate(() => window.qinqiaoSource.company(false));
  await officer.page.locator('[data-testid=release-picture-family]').first().click();
  await inmate.page.waitForSelector('[data-testid=hold-notice]', { state: 'hidden' });
  tell('The officer held her picture until the stranger had gone; the inmate read why');
  return { kind, warnedMs };
}

/** The officer speaks into the call, and writes to both. */
async function interject({ actors, tell, shot }: Stage, scratch: string): Promise<string[]> {
  const { officer, inmate, family } = actors;
  const listeners = { inmate, family };
  const before = new Map<string, Set<string>>();
  for (const [role, { page }] of Object.entries(listeners))
    before.set(role, new Set((await soundReceived(page)).map(({ track }) => track)));
  await officer.screen.interject(true);
  for (const { page } of Object.values(listeners)) await page.waitForSelector('[data-testid=officer-speaking]');
  const { wav, spoken } = await voiceOf(['你们', '不要', '打架'], 'awb', scratch);
  await say(officer.page, wav);
  tell('The officer interjects; both screens say that an officer speaks');
  await sleep(spoken.durationMs + 500);
  await shot('3-interject');
  const heardBy: string[] = [];
  for (const [role, { page }] of Object.entries(listeners)) {
    const fresh = (await soundReceived(page)).filter(({ track }) => !before.get(role)?.has(track));
    if (fresh.some(({ energy }) => energy > 0.001)) heardBy.push(role);
  }
  assertTrue(heardBy.length === 2, `the officer was heard by ${heardBy.join(', ') || 'nobody'}`);
  tell(`Heard by: ${heardBy.join(', ')}`);
  await officer.screen.interject(false);
  await officer.screen.message(MESSAGE);
  await Promise.all([seenAt(inmate.page, 'notice', MESSAGE), seenAt(family.page, 'notice', MESSAGE)]);
  tell(`Both read: ${MESSAGE}`);
  await shot('4-message');
  // After the talk: a recogniser that has just adapted to beeps hears words worse.
  await Promise.all([clap(inmate.page, CLAPS), clap(family.page, CLAPS)]);
  await sleep((CLAPS + 1.5) * 1000);
  return heardBy;
}

async function cutOff({ actors, tell, shot }: Stage): Promise<{ cutOffMs: number; framesDecoded: Measured['framesDecoded'] }> {
  const { officer, inmate, family } = actors;
  const framesDecoded = { family: 0, inmate: 0, officer: 0 };
  for (const role of ['family', 'inmate', 'officer'] as const) framesDecoded[role] = (await framesOf(actors[role].page)).frames;
  await officer.screen.prepareCutOff(REASON);
  await officer.screen.confirmCutOff();
  await Promise.all([inmate.page.waitForSelector('[data-testid=end-reason]'), family.page.waitForSelector('[data-testid=end-reason]')]);
  await sleep(600);
  const clicked = await clickedAt(officer.page, 'cutoff-confirm');
  const last = Math.max(...(await Promise.all([inmate.page, family.page].map(async (page) => (await framesOf(page)).last ?? Number.NaN))));
  const cutOffMs = Math.round(last - clicked);
  assertTrue(Number.isFinite(cutOffMs) && cutOffMs < 1000, `the last frame came ${cutOffMs} ms after the cut-off`);
  tell(`Cut off: the last frame on either side was decoded ${cutOffMs} ms after the officer's click`);
  await shot('5-cut-off');
  return { cutOffMs, framesDecoded };
}

async function keepRecording(installation: Installation, callId: string, folder: string, tell: Tell): Promise<Measured['recording']> {
  const api = await officerApi(installation);
  const view = await untilRecorded(api, callId);
  const target = join(folder, 'recording');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of view.files) {
    const response = await fetch(installation.url + file.url);
    assertTrue(response.ok, `${file.name} cannot be fetched: ${response.status}`);
    writeFileSync(join(target, file.name), Buffer.from(await response.arrayBuffer()));
  }
  cpSync(installation.logFile, join(folder, 'services.log'));
  const recording = await measureRecording(view, target);
  tell(`Recorded: ${recording.files.map((file) => basename(file.path)).join(', ')}; sound and picture ${recording.syncErrorMs} ms apart`);
  return recording;
}

async function showReplay(installation: Installation, actors: Actors, callId: string, folder: string): Promise<void> {
  const { page, screen } = actors.officer;
  await screen.openFinished(installation.url, callId);
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
  await page.screenshot({ path: join(folder, 'screens', '6-replay-officer.png') });
}
