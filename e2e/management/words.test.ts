import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

const SHOTS = process.env['QINQIAO_SHOTS'];
let installation: Installation;
let browser: Browser;
beforeAll(async () => {
  installation = await Installation.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function open(language: 'zh' | 'en', viewport = { width: 1440, height: 900 }) {
  const { page, faults } = await openPage(browser, { viewport });
  const console = new ManagementPage(page, installation.url);
  await console.use(language);
  const account = 'manager';
  await console.enter(account, installation.logins.officers.find((officer) => officer.account === account)?.password ?? '');
  return { console, page, faults };
}

it('a word with rules is added, tried on a text, edited and deleted', async () => {
  const { console, page, faults } = await open('zh');
  const shot = (name: string) => (SHOTS ? page.screenshot({ path: `${SHOTS}/${name}.png` }) : undefined);
  await console.open('/words', 'words-page');
  await console.at('word-row').first().waitFor();
  await shot('words-zh-1440');
  await console.at('word-add').click();
  await console.at('word-input').fill('东西');
  await console.at('word-near-add').click();
  await console.at('word-near-text').fill('带进');
  await console.at('word-exceptions').locator('input').fill('东西南北；');
  await shot('word-form-zh-1440');
  await console.at('word-form').getByTestId('form-save').click();
  const row = console.at('word-row').filter({ hasText: '东西' });
  await row.waitFor();
  expect(await row.textContent()).toContain('邻近 1');

  await console.at('word-trial').click();
  await console.at('trial-text').fill('他想越獄，把东西带进去，东西南北都去过，看粤语节目，要手機');
  await console.at('trial-run').click();
  await console.at('trial-find').first().waitFor();
  expect(await console.at('trial-find').allTextContents()).toEqual([
    expect.stringMatching(/越獄越狱脱逃.*3.*原词命中/) as string,
    expect.stringMatching(/东西东西.*命中附近有“带进”/) as string,
    expect.stringMatching(/东西东西.*例外因例外“东西南北”不算/) as string,
    expect.stringMatching(/手機手机违禁物品.*1.*原词命中/) as string,
  ]);
  await shot('word-trial-zh-1440');
  await page.keyboard.press('Escape');

  await row.getByTestId('word-edit').click();
  await console.at('word-input').fill('新东西');
  await console.at('word-form').getByTestId('form-save').click();
  const edited = console.at('word-row').filter({ hasText: '新东西' });
  await edited.waitFor();
  await edited.getByTestId('word-delete').click();
  await console.at('word-delete-confirm').click();
  await edited.waitFor({ state: 'detached' });
  await console.open('/word-statistics', 'word-statistics-page');
  await console.at('word-counts-by').waitFor();
  await shot('word-statistics-zh-1440');
  expect(faults).toEqual([]);
  if (SHOTS) await shootSmall(SHOTS);
});

/** The pages in English on a small screen, to be looked at. */
async function shootSmall(folder: string): Promise<void> {
  const { console, page } = await open('en', { width: 1024, height: 768 });
  await console.open('/words', 'words-page');
  await console.at('word-row').first().waitFor();
  await page.screenshot({ path: `${folder}/words-en-1024.png` });
  await console.at('word-add').click();
  await console.at('word-near-add').click();
  await page.screenshot({ path: `${folder}/word-form-en-1024.png` });
  await console.open('/word-statistics', 'word-statistics-page');
  await page.screenshot({ path: `${folder}/word-statistics-en-1024.png` });
}
