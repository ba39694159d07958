import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@qinqiao/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvidencePages } from '../page-objects/evidence-page.ts';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { addRecordedCalls } from '../support/recorded-calls.ts';

const RULE = {
  name: '不分派',
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
const SECONDS = 60;

let installation: Installation;
let browser: Browser;
let call: CallId;

beforeAll(async () => {
  installation = await Installation.start();
  const [first] = await addRecordedCalls(installation, { seconds: SECONDS, rule: RULE });
  if (!first) throw new Error('no call');
  call = first;
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function openConsole(account: string, language: 'zh' | 'en' = 'zh', viewport = { width: 1440, height: 900 }) {
  const { page, faults } = await openPage(browser, { viewport });
  const management = new ManagementPage(page, installation.url);
  await management.use(language);
  const login = installation.logins.officers.find((officer) => officer.account === account);
  await management.enter(account, login?.password ?? '');
  await page.waitForSelector('[data-testid=who]');
  return { management, evidence: new EvidencePages(page, installation.url), page, faults };
}

/** Until a frame of the combined file is shown, from the moment its page is asked for. */
async function plays(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid=player]');
    return video !== null && video.readyState >= 2 && video.videoWidth > 0;
  });
}

describe('a recording as evidence', () => {
  it('is sealed, played, verified, tampered with and found; held, let go and deleted', async () => {
    const { management, evidence, page, faults } = await openConsole('manager');
    await evidence.open(call);
    await evidence.untilSealed();
    expect(globSync(join(installation.dataDir, 'recordings/*/*', call, '*.webm'))).toEqual([]);
    await plays(page);
    await page.evaluate(() => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=player]');
      if (video) video.currentTime = 47;
    });
    await page.waitForFunction(() => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid=player]');
      return video !== null && !video.seeking && video.readyState >= 2 && video.currentTime >= 46.9;
    });
    await evidence.verify('intact');
    await management.shot('zh-evidence-intact');

    const [path = ''] = globSync(join(installation.dataDir, 'sealed/recordings/*/*', call, 'inmate-audio.webm.sealed'));
    const sound = readFileSync(path);
    const bytes = Buffer.from(sound);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await evidence.verify('broken');
    expect(await evidence.faults()).toEqual(['inmate-audio.webm 内容被改动，第一个不一致的是第 0 块（第 0 字节起）']);
    await management.shot('zh-evidence-broken');
    writeFileSync(path, sound);

    await evidence.act('hold', '2026 刑初 12 号调取');
    await page.waitForSelector('[data-testid=evidence-held]');
    expect(await page.isDisabled('[data-testid=evidence-delete]')).toBe(true);
    expect((await evidence.export('法院调取')).size).toBeGreaterThan(100_000);
    await evidence.lift('案件已结');
    await evidence.act('delete', '误录，经批准删除');
    await page.waitForSelector('[data-testid=tombstone]');
    await page.waitForSelector('[data-testid=no-player][data-state=deleted]');
    await management.shot('zh-evidence-deleted');
    await expect.poll(() => globSync(join(installation.dataDir, 'sealed/recordings/*/*', call, '*')), { timeout: 15_000 }).toEqual([]);
    expect(faults.filter((fault) => !fault.includes('410'))).toEqual([]);
  });

  it('space and retention rules', async () => {
    const { management, page, faults } = await openConsole('sysadmin', 'en', { width: 1024, height: 768 });
    await page.goto(`${installation.url}/console/#/storage`);
    await page.waitForSelector('[data-testid=storage-forecast]');
    await page.waitForSelector('[data-testid=store]');
    await management.shot('en-storage');
    expect(faults).toEqual([]);
    const rules = await openConsole('manager');
    await rules.page.goto(`${installation.url}/console/#/storage`);
    await rules.page.click('[data-testid=rule-add]');
    await rules.page.fill('[data-testid=rule-days]', '365');
    await rules.page.click('[data-testid=rule-prison]');
    await rules.page.locator('.ant-select-item-option').first().click();
    await rules.page.click('[data-testid=rule-form] [data-testid=form-save]');
    await rules.page.waitForSelector('[data-testid=retention-rule]');
    await rules.management.shot('zh-rules');
    expect(rules.faults).toEqual([]);
  });
});
