import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speakTrialSentences } from '@qinqiao/asr-bridge/testing';
import type { CallId, ParticipantId, RelisteningRuleContent, TranscriptSegment } from '@qinqiao/contracts';
import { saveSegments } from '@qinqiao/domain/transcripts';
import { openDatabase } from '@qinqiao/server-kit';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { RelisteningPages } from '../page-objects/relistening-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { officerApi } from '../support/officer-api.ts';
import { addRecordedCalls } from '../support/recorded-calls.ts';

const NO_RULE: RelisteningRuleContent = {
  name: '不分派',
  kind: null,
  level: null,
  percent: 0,
  alwaysAlerts: false,
  days: 3,
  wantedPercent: 0,
  role: null,
  ofWard: false,
  secondPercent: 0,
  enabled: false,
};
const SOON = { timeout: 20_000 };

let installation: Installation;
let browser: Browser;
let folder: string;
let calls: CallId[];

beforeAll(async () => {
  installation = await Installation.start();
  calls = await addRecordedCalls(installation, { seconds: 24, rule: NO_RULE });
  browser = await launchBrowser();
  const api = await officerApi(installation);
  await api.addWord({ body: { word: '越狱', level: 3 } }).catch(() => undefined);
  await addOddLines(calls[0] as CallId);
  folder = mkdtempSync(join(tmpdir(), 'qinqiao-audio-'));
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
  if (folder) rmSync(folder, { recursive: true });
});

async function openConsole(language: 'zh' | 'en', viewport: { width: number; height: number }) {
  const { page, faults } = await openPage(browser, { viewport });
  const management = new ManagementPage(page, installation.url);
  await management.use(language);
  const login = installation.logins.officers.find(({ account }) => account === 'manager');
  await management.enter('manager', login?.password ?? '');
  return { management, listening: new RelisteningPages(management), page, faults };
}

/** What a line can be beside recognised speech of somebody known. */
async function addOddLines(callId: CallId): Promise<void> {
  const line = { callId, participantId: 'mixed' as ParticipantId, speaker: 'unknown', final: true, engine: 'test', trial: false } as const;
  const lines: TranscriptSegment[] = [
    { ...line, id: `${callId}-gap`, startMs: 20_000, endMs: 23_000, text: '3 s', mark: 'gap' },
    { ...line, id: `${callId}-foreign`, startMs: 23_100, endMs: 23_500, text: 'salam aleikum, yaxshimusiz', foreign: true },
    { ...line, id: `${callId}-offline`, startMs: 23_600, endMs: 23_900, text: '后来听清的一句', source: 'offline' },
  ];
  const db = openDatabase({ dataDir: installation.dataDir });
  await saveSegments(db, lines);
  await db.destroy();
}

/** The inmate's voice on the left, the other party's on the right, in the spoken test language. */
async function speakInto(file: string): Promise<void> {
  const [left, right] = [join(folder, 'left.wav'), join(folder, 'right.wav')];
  await speakTrialSentences(
    [
      ['今天', '天气', '很好'],
      ['他们', '准备', '越狱'],
    ],
    'rms',
    left,
    { tailMs: 3000 },
  );
  await speakTrialSentences([['妈妈', '身体', '很好']], 'slt', right, { leadMs: 5500 });
  const merged = ['-filter_complex', '[0:a][1:a]amerge=inputs=2', '-ac', '2'];
  execFileSync(await findFfmpeg(null), ['-v', 'error', '-nostdin', '-i', left, '-i', right, ...merged, file]);
}

describe('transcripts', () => {
  it('a word is searched, played where it was said, corrected, and its conversation needs attention until an officer takes that off', async () => {
    const { management, listening, page, faults } = await openConsole('zh', { width: 1440, height: 900 });
    await management.open('/transcript-search', 'transcript-search');
    await management.at('transcript-query').locator('input').fill('手机');
    await page.keyboard.press('Enter');
    await expect.poll(() => management.at('search-hit').count(), SOON).toBe(3);
    await management.shot('zh-search');
    await management.at('search-hit').first().click();
    await listening.untilReady();
    await expect.poll(() => listening.ms(), SOON).toBeGreaterThanOrEqual(11_500);
    expect(await management.at('find-count').textContent()).toBe('1 / 1');
    await listening.press(' ');
    const line = page.locator('[data-testid=transcript-line]').nth(2);
    await line.getByTestId('line-correct').click();
    await management.at('correct-text').fill('上次说的越狱的事别再提了。');
    await management.at('correct-reason').fill('听辨有误');
    await management.save();
    await line.getByTestId('line-corrected').waitFor();
    await line.locator('[data-testid=sensitive-word][data-level="3"]').waitFor();
    await page.locator('[data-testid=needs-attention][data-reasons="words,pictures"]').waitFor(SOON);
    await management.shot('zh-corrected');
    await line.getByTestId('line-correct').click();
    await expect.poll(() => management.at('transcript-version').count(), SOON).toBe(2);
    await management.shot('zh-versions');
    await page.keyboard.press('Escape');
    await management.at('form-save').locator('visible=true').waitFor({ state: 'hidden' });
    const id = await listening.id;

    await management.open('/relistening?attention=true', 'relistening-page');
    const row = page.locator(`[data-testid=conversation-row][data-row-key="${id}"]`);
    await row.locator('[data-testid=needs-attention][data-reasons="words,pictures"]').waitFor(SOON);
    await management.shot('zh-attention');
    await management.open(`/relistening/${id}`, 'relisten');
    await management.at('attention').click();
    await management.at('attention-reason').fill('已核实，系玩笑');
    await management.save();
    await management.open('/relistening?attention=true', 'relistening-page');
    await row.waitFor({ state: 'detached', ...SOON });
    expect(faults).toEqual([]);
  }, 180_000);

  it('shows what was not recognised, is in another language, was recognised later, or by whom nobody knows', async () => {
    const { management, page, faults } = await openConsole('en', { width: 1440, height: 900 });
    await management.open(`/relistening/${calls[0]}`, 'relisten');
    await expect.poll(() => page.locator('[data-testid=transcript-line][data-speaker=unknown]').count(), SOON).toBe(3);
    await page.locator('[data-testid=needs-attention][data-reasons="foreign,gap,pictures"]').waitFor(SOON);
    await management.shot('en-odd-lines');
    expect(faults).toEqual([]);
  }, 60_000);

  it('a phone call’s two channels are taken in, listened to, transcribed with who spoke, and found', async () => {
    const { management, listening, page, faults } = await openConsole('en', { width: 1024, height: 768 });
    const file = join(folder, 'call.wav');
    await speakInto(file);
    await management.open('/audio-intake', 'audio-intake-page');
    await management.at('audio-add').click();
    await page.locator('[data-testid=audio-form] input[type=file]').setInputFiles(file);
    await management.choose('field-inmate', 'A1001 ·');
    await management.choose('audio-family', '· 母亲');
    await management.at('audio-started').fill('2026-11-01 09:30:00');
    await page.keyboard.press('Enter');
    await page.getByText('Two channels: inmate left').click();
    await management.shot('en-intake-form');
    await management.save();
    await page.locator('[data-testid=intake-state][data-state=done]').waitFor({ timeout: 30_000 });
    await management.shot('en-intake');
    await management.at('intake-listen').click();
    await listening.untilReady();
    await expect.poll(() => listening.at('waveform').count(), SOON).toBe(2);
    await listening.press(' ');
    await listening.untilMs(1500);
    // Waiting until the trial engine has heard it.
    await page.locator('[data-testid=transcription-state][data-state=done]').waitFor({ timeout: 60_000 });
    const said = page.locator('[data-testid=transcript-line]').filter({ hasText: '越狱' });
    await said.waitFor(SOON);
    expect(await said.getAttribute('data-speaker')).toBe('inmate');
    expect(await page.locator('[data-testid=transcript-line][data-speaker=family]').filter({ hasText: '妈妈' }).count()).toBe(1);
    await said.locator('[data-testid=sensitive-word]').waitFor(SOON);
    await page.locator('[data-testid=needs-attention][data-reasons=words]').waitFor(SOON);
    await management.shot('en-phone');
    expect(faults).toEqual([]);
    await management.open('/transcript-search?kind=phone&text=越狱', 'transcript-search');
    await management.at('search-hit').waitFor();
    await management.shot('en-search');
  }, 180_000);
});
