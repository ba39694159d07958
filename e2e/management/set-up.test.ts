import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

let installation: Installation;
let browser: Browser;
const SIZES = { zh: { width: 1440, height: 900 }, en: { width: 1024, height: 768 } };

beforeAll(async () => {
  installation = await Installation.start({ env: { QINQIAO_DEMO: '0' } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function openConsole(language: 'zh' | 'en') {
  const { page, context, faults } = await openPage(browser, { viewport: SIZES[language] });
  const management = new ManagementPage(page, installation.url);
  await management.use(language);
  return { management, page, context, faults };
}

const given = (account: string) => installation.firstLogins.find((login) => login.account === account)?.password ?? '';
const WANTED = 'Kept-Secret-2026';

describe('a new installation', () => {
  it('is set up from nothing in the console: a prison, its rooms, an officer, what she may do and see', async () => {
    const system = await openConsole('zh');
    await system.management.enterFirst('sysadmin', given('sysadmin'), WANTED);
    await system.management.shot('zh-organisation-empty');
    const { management } = system;
    await management.at('org-unit').first().click();
    await management.at('org-add-prison').click();
    await management.at('org-name').fill('青松监狱');
    await management.at('org-code').fill('3101');
    await management.save();
    await system.page.getByText('青松监狱').first().click();
    await management.at('org-add-ward').click();
    await management.at('org-name').fill('一监区');
    await management.save();
    await management.at('room-add').click();
    await management.at('room-name').locator('visible=true').fill('会见室 1');
    await management.save();
    await management.at('tablet-add').click();
    await management.at('room-name').locator('visible=true').fill('平板 1');
    await management.at('form-save').locator('visible=true').click();
    expect((await management.at('secret').textContent())?.length).toBeGreaterThan(15);
    await management.shot('zh-tablet-key');
    await system.page
      .getByRole('button', { name: /关\s*闭/ })
      .last()
      .click();

    await management.open('/officers', 'officers-page');
    await management.at('officer-add').click();
    await management.at('officer-account').fill('li.xue');
    await management.at('officer-name').fill('李雪');
    await management.choose('officer-prison', '青松监狱');
    await management.shot('zh-officer-form');
    await management.at('form-save').locator('visible=true').click();
    await management.at('secret').waitFor();
    const first = (await management.at('secret').textContent()) ?? '';
    await system.page
      .getByRole('button', { name: /关\s*闭/ })
      .last()
      .click();
    await management.at('officer-search').locator('input').fill('lx');
    await management.at('officer-search').locator('input').press('Enter');
    await expect.poll(() => management.at('officer-row').count()).toBe(1);
    await management.shot('zh-officers');
    expect(system.faults).toEqual([]);
    await system.context.close();

    const security = await openConsole('en');
    await security.management.enterFirst('secadmin', given('secadmin'), WANTED);
    await security.management.open('/roles', 'roles-page');
    await security.management.shot('en-roles');
    await security.management.open('/officers', 'officers-page');
    await security.management.at('officer-search').locator('input').fill('li.xue');
    await security.management.at('officer-search').locator('input').press('Enter');
    await expect.poll(() => security.management.at('officer-row').count()).toBe(1);
    await security.management.at('officer-menu').click();
    await security.page.getByText('Roles and data scope').click();
    await security.management.choose('access-roles', 'Business administrator');
    await security.page.keyboard.press('Escape');
    await security.page.getByText('Some prisons').click();
    await security.management.choose('access-prisons', '青松监狱');
    await security.page.keyboard.press('Escape');
    await security.management.shot('en-access');
    await security.management.save();
    await expect.poll(() => security.management.at('officer-row').textContent()).toContain('Business administrator');
    await security.management.open('/sessions', 'sessions-page');
    await security.management.shot('en-sessions');
    await security.management.open('/keys', 'keys-page');
    await security.management.shot('en-keys');
    expect(security.faults).toEqual([]);
    await security.context.close();

    const officer = await openConsole('zh');
    await officer.management.enterFirst('li.xue', first, WANTED);
    await officer.management.shot('zh-officer-home');
    await officer.management.open('/account', 'account-page');
    await officer.management.shot('zh-account');
    await officer.management.at('logout').click();
    await officer.management.enter('li.xue', WANTED);
    await officer.management.at('factor-code').waitFor();
    await officer.management.shot('zh-login-code');
    await officer.management.enterCode();
    expect(officer.faults).toEqual([]);
    await officer.context.close();
  });

  it('lets the officer log in with an SM2 key file made in the browser', async () => {
    const { management, page, context } = await openConsole('en');
    await management.enterFirst('auditor', given('auditor'), WANTED);
    await management.open('/account', 'account-page');
    await management.at('add-sm2').click();
    await management.at('sm2-name').fill('desk');
    await management.at('sm2-pin').fill('12345678');
    const download = page.waitForEvent('download');
    await management.at('sm2-confirm').click();
    const file = await (await download).path();
    await management.at('logout').click();
    await management.enter('auditor', WANTED);
    await page.getByText('Certificate / key').click();
    await page.setInputFiles('input[type=file]', file);
    await management.at('factor-pin').fill('wrong-pin');
    await management.at('login-submit').click();
    await page.getByText('The key file cannot be opened').waitFor();
    await management.shot('en-login-key');
    await management.at('factor-pin').fill('12345678');
    await management.at('login-submit').click();
    await management.at('who').waitFor();
    await context.close();
  });
});
