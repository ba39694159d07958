import { createApi } from '@qinqiao/client-sdk';
import type { CallId, RelisteningRuleContent } from '@qinqiao/contracts';
import { EnginePeer } from '@qinqiao/asr-bridge/testing/engine-peers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { addRecordedCalls } from '../support/recorded-calls.ts';

const RULE: RelisteningRuleContent = {
  name: '无',
  kind: null,
  level: null,
  percent: 0,
  alwaysAlerts: false,
  days: 3,
  wantedPercent: 80,
  role: 'supervisor',
  ofWard: true,
  secondPercent: 0,
  enabled: false,
};
const SOON = { timeout: 20_000 };

let installation: Installation;
let browser: Browser;
let peer: EnginePeer;
let calls: CallId[];

beforeAll(async () => {
  installation = await Installation.start();
  calls = await addRecordedCalls(installation, { seconds: 12, rule: RULE });
  browser = await launchBrowser();
  peer = await EnginePeer.open('vosk');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await peer?.[Symbol.asyncDispose]();
  await installation?.[Symbol.asyncDispose]();
});

async function openConsole(account: string, language: 'zh' | 'en', width = 1440) {
  const { page, faults } = await openPage(browser, { viewport: { width, height: width === 1440 ? 900 : 768 } });
  const management = new ManagementPage(page, installation.url);
  await management.use(language);
  const login = installation.logins.officers.find((officer) => officer.account === account);
  await management.enter(account, login?.password ?? '');
  return { management, page, faults };
}

/** A drawer that still slides in shuts the list of a select. */
const settled = ({ page }: ManagementPage) => page.waitForTimeout(600);

async function managerApi() {
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const login = installation.logins.officers.find(({ account }) => account === 'manager');
  const opened = await api.loginOfficer({ body: { account: 'manager', password: login?.password ?? '' } });
  token = 'token' in opened ? opened.token : null;
  return api;
}

describe('speech', () => {
  it('an administrator adds an engine, sees it go down and come back, and puts it first', async () => {
    const { management, page, faults } = await openConsole('sysadmin', 'zh');
    await management.open('/speech-engines', 'speech-engines-page');
    await expect.poll(() => management.at('speech-engine-row').count(), SOON).toBe(1);
    await management.at('speech-engine-add').click();
    await settled(management);
    await management.at('speech-engine-kind').click();
    await page.locator('.ant-select-item-option-content', { hasText: 'Vosk' }).click();
    await management.at('speech-engine-name').fill('一号识别机');
    await management.at('speech-engine-url').fill('http://wrong');
    await management.at('form-save').click();
    await management.at('form-error').waitFor();
    await management.at('speech-engine-url').fill(peer.url);
    await management.shot('zh-engine-form');
    await management.save();
    const row = management.at('speech-engine-row').filter({ hasText: '一号识别机' });
    await row.locator('[data-testid=speech-engine-ready]').waitFor(SOON);
    peer.down();
    await row.getByTestId('speech-engine-try').click();
    await row.locator('[data-testid=speech-engine-down]').waitFor(SOON);
    await management.shot('zh-engines');
    await page.setViewportSize({ width: 1024, height: 768 });
    await management.shot('zh-1024-engines');
    await page.setViewportSize({ width: 1440, height: 900 });
    await peer.up();
    await row.locator('[data-testid=speech-engine-ready]').waitFor(SOON);

    await page.getByRole('tab', { name: '各监狱使用的引擎' }).click();
    await management.at('speech-route-edit').first().click();
    await settled(management);
    await management.choose('speech-route-engines', '一号识别机');
    await page.keyboard.press('Escape');
    await management.save();
    await management.at('speech-route-row').first().getByText('1. 一号识别机').waitFor();
    await management.shot('zh-routes');
    // The refused form is the one answer that is no success.
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
    await page.close();
  }, 90_000);

  it('jobs wait while their queues stand still, and go on afterwards', async () => {
    const { management, page, faults } = await openConsole('manager', 'en', 1024);
    await management.open('/transcriptions', 'transcriptions-page');
    await management.at('queues-pause').click();
    await page.locator('.ant-popconfirm').getByRole('button', { name: 'OK' }).click();
    await management.at('queues-resume').waitFor();
    const api = await managerApi();
    for (const id of calls) await api.requestTranscription({ params: { id } });
    await expect.poll(() => management.at('transcription-row').count(), SOON).toBe(3);
    await expect.poll(() => management.at('transcription-row').first().textContent()).toContain('Paused');
    await management.shot('en-1024-transcriptions');
    await management.at('queues-resume').click();
    const stateOf = async (id: CallId) => (await api.conversationTranscription({ params: { id } })).transcription?.state;
    await expect.poll(() => Promise.all(calls.map(stateOf)), { timeout: 90_000, interval: 500 }).toEqual(['done', 'done', 'done']);
    await expect.poll(() => management.at('transcription-row').first().textContent(), SOON).toContain('stretches');
    await management.shot('en-1024-transcriptions-done');
    expect(faults).toEqual([]);
    await page.close();
  }, 120_000);
});
