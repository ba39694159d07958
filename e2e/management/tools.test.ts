import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

const DRIVER = { name: '读卡器驱动 3.2.exe', mimeType: 'application/x-msdownload', buffer: randomBytes(3_000_000) };
/** So that a file takes some seconds. */
const BYTES_A_SECOND = 1_500_000;

let installation: Installation;
let browser: Browser;

beforeAll(async () => {
  installation = await Installation.start();
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function openConsole(account: string, language: 'zh' | 'en', width: 1440 | 1024) {
  const { page, context, faults } = await openPage(browser, { viewport: { width, height: width === 1440 ? 900 : 768 } });
  const management = new ManagementPage(page, installation.url);
  await management.use(language);
  const login = installation.logins.officers.find((officer) => officer.account === account);
  await management.enter(account, login?.password ?? '');
  await management.at('who').waitFor();
  return { management, page, context, faults };
}

async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const limits = { offline: false, latency: 0, downloadThroughput: BYTES_A_SECOND, uploadThroughput: BYTES_A_SECOND };
  await session.send('Network.emulateNetworkConditions', limits);
}

const percentOf = (text: string | null) => Number(/(\d+)\s*%/.exec(text ?? '')?.[1] ?? Number.NaN);
const isUnderWay = (percent: number) => percent > 0 && percent < 100;

describe('tool downloads', () => {
  it('an administrator uploads a program, an officer downloads it, and it is switched off and deleted', async () => {
    const system = await openConsole('sysadmin', 'zh', 1440);
    const { management, page } = system;
    await management.open('/tools', 'tools-page');
    await management.shot('zh-tools-empty');
    await management.at('tool-add').click();
    await management.at('form-save').click();
    await page.locator('[data-testid=tool-form] .ant-form-item-explain-error').first().waitFor();
    await management.shot('zh-tool-form-errors');
    await page.locator('[data-testid=tool-form] input[type=file]').setInputFiles(DRIVER);
    await expect.poll(() => management.at('tool-name').inputValue()).toBe('读卡器驱动 3.2');
    await management.at('tool-name').fill('读卡器驱动');
    await management.at('tool-release').fill('3.2');
    await management.at('tool-description').fill('发卡窗口的读卡器用。\n双击安装，装完重启电脑。');
    await slow(page);
    await management.at('form-save').click();
    await expect.poll(async () => isUnderWay(percentOf(await management.at('uploading').textContent())), { interval: 50 }).toBe(true);
    await management.shot('zh-tool-uploading');
    await management.at('form-save').locator('visible=true').waitFor({ state: 'hidden' });
    await expect.poll(() => management.at('tool-row').textContent()).toContain('读卡器驱动 3.2.exe');
    await management.shot('zh-tools');

    const officer = await openConsole('officer1', 'en', 1024);
    // Everybody may see this page, so it must not be where somebody with work to do begins.
    expect(officer.page.url()).toContain('#/today');
    await officer.management.open('/tools', 'tools-page');
    expect(await officer.management.at('tool-add').count()).toBe(0);
    expect(await officer.management.at('tool-remove').count()).toBe(0);
    await officer.management.shot('en-1024-tools-officer');
    await slow(officer.page);
    const download = officer.page.waitForEvent('download');
    await officer.management.at('tool-download').click();
    const button = officer.management.at('tool-download');
    await expect.poll(async () => isUnderWay(percentOf(await button.textContent())), { interval: 50 }).toBe(true);
    const file = await download;
    expect(file.suggestedFilename()).toBe(DRIVER.name);
    expect(readFileSync(await file.path()).equals(DRIVER.buffer)).toBe(true);

    await management.at('tool-edit').click();
    await management.at('tool-enabled').click();
    await management.shot('zh-tool-edit');
    await management.save();
    await expect.poll(() => management.at('tool-row').textContent()).toContain('已停用');
    await officer.page.reload();
    await officer.management.at('tools-page').getByText('There is nothing to download yet').waitFor();
    await page.setViewportSize({ width: 1024, height: 768 });
    await management.shot('zh-1024-tools-off');
    await management.at('tool-remove').click();
    await management.shot('zh-tool-remove');
    await page.locator('.ant-popconfirm .ant-btn-primary').click();
    await page.getByText('还没有可下载的工具').waitFor();
    expect([...system.faults, ...officer.faults]).toEqual([]);
    await system.context.close();
    await officer.context.close();
  });
});
