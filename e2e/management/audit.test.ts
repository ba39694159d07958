import type { Browser } from 'playwright-core';
import { openDatabase } from '@qinqiao/server-kit';
import { unprotectAudit } from '@qinqiao/server-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

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

/** As somebody with the database's file could: takes the protection away and changes a record. */
async function tamper(seq: number): Promise<void> {
  const db = openDatabase({ dataDir: installation.dataDir });
  await unprotectAudit(db);
  await db
    .withTables<{ audit: { seq: number; actor_name: string } }>()
    .updateTable('audit')
    .set({ actor_name: '别人' })
    .where('seq', '=', seq)
    .execute();
  await db.destroy();
}

describe('the audit trail', () => {
  it('is searched, verified, and shows the record that was tampered with', async () => {
    const login = installation.logins.officers.find(({ account }) => account === 'auditor');
    if (!login) throw new Error('no auditor');
    const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(15_000);
    const management = new ManagementPage(page, installation.url);
    await management.enter(login.account, login.password);
    await page.locator('.shell-menu').waitFor();
    await management.open('/audit', 'audit-page');
    await management.at('audit-actor').fill(login.name);
    await management.at('audit-search').click();
    const row = management.at('audit-row').first();
    await expect.poll(() => row.textContent()).toContain('登录');
    await expect.poll(() => row.textContent()).toContain('127.0.0.1');
    await management.at('audit-open').first().click();
    await expect.poll(() => management.at('audit-record').textContent()).toContain('session.open');
    await page.locator('.ant-drawer-close:visible').click();

    await page.getByRole('tab', { name: '完整性校验' }).click();
    await management.at('verify-full').click();
    await expect.poll(() => management.at('verify-outcome').textContent(), { timeout: 20_000 }).toContain('完整');
    await tamper(3);
    await management.at('verify-full').click();
    await expect.poll(() => management.at('verify-outcome').textContent(), { timeout: 20_000 }).toContain('第一处断链：#3，记录内容被改动');
    await page.reload();
    await management.at('audit-unprotected').waitFor();
    expect(faults).toEqual([]);
  });
});
