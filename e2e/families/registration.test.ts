import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApi } from '@qinqiao/client-sdk';
import { checkCharacter } from '@qinqiao/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalsPage } from '../page-objects/approvals-page.ts';
import { FamilyServicesPage } from '../page-objects/family-services-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';

const PHOTO = { name: '身份证.jpg', mimeType: 'image/jpeg', buffer: readFileSync(join(import.meta.dirname, '../media/astronaut.jpg')) };
const idNumber = (digits: string) => digits + checkCharacter(digits);
const PERSON = { name: '周桂兰', idNumber: idNumber('31010119600504002'), phone: '13911112222', password: 'abc12345' };
/** Where somebody who looks at the pages wants pictures of them. */
const SHOTS = process.env['QINQIAO_SHOTS'];

let installation: Installation;
let browser: Browser;
beforeAll(async () => {
  installation = await Installation.start({ env: { QINQIAO_SPEECH_ENGINE: 'none' } });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

async function managerConsole() {
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(15_000);
  const console = new ApprovalsPage(page, installation.url);
  const login = installation.logins.officers.find(({ account }) => account === 'manager');
  if (!login) throw new Error('no manager');
  await console.logIn(login);
  return { console, page, faults };
}

describe('a family', () => {
  it('registers with papers, links an inmate whom officers approve, and sends a refused application again', async () => {
    const phone = await openPage(browser, { viewport: { width: 390, height: 844 }, mobile: true });
    phone.page.setDefaultTimeout(15_000);
    const family = new FamilyServicesPage(phone.page, installation.url);
    await family.register(PERSON);
    await family.at('not-linked').waitFor();
    await shot(phone.page, 'family-1-registered');

    await family.open('inmates');
    await family.at('add-link').click();
    await family.choose('prison', '示范监狱');
    await family.fill('inmateNumber', 'A1001');
    await family.fill('inmateName', '陈建国');
    await family.choose('relation', '姐妹');
    for (const kind of ['id_front', 'id_back', 'kinship']) await family.addPaper(kind, PHOTO);
    await shot(phone.page, 'family-2-link');
    await family.at('submit').click();
    await family.at('link').waitFor();
    expect(await family.at('link').getByTestId('state').textContent()).toBe('审核中');

    const manager = await managerConsole();
    await manager.console.openTask('周桂兰申请绑定罪犯陈建国');
    await manager.page.click('[data-testid=case-drawer] [data-testid=paper-open]');
    const picture = manager.page.locator('[data-testid=paper-picture]');
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBeGreaterThan(0);
    await shot(manager.page, 'console-1-paper');
    await manager.page.keyboard.press('Escape');
    await shot(manager.page, 'console-2-case');
    await manager.console.approve('材料齐全');

    // The decision reaches the family through the outbox.
    await expect
      .poll(
        async () => {
          await family.home();
          return family.at('not-linked').count();
        },
        { timeout: 15_000, interval: 1000 },
      )
      .toBe(0);
    await family.at('unread').waitFor();
    await shot(phone.page, 'family-3-home');
    await family.open('inmates');
    await family.at('inmate').waitFor();
    expect(await family.at('inmate').textContent()).toContain('视频会见');
    await family.back();

    await family.open('companions');
    await family.at('add-companion').click();
    await family.fill('name', '周小宝');
    await family.fill('idNumber', idNumber('31010120140310003'));
    await family.choose('relation', '儿子');
    await family.at('submit').click();
    // A minor needs somebody who answers for him; what was typed stays.
    await family.at('field-problem').waitFor();
    expect(await family.at('field-name').locator('input').inputValue()).toBe('周小宝');
    await family.fill('guardian', '周桂兰');
    await shot(phone.page, 'family-4-companion');
    await family.at('submit').click();
    await family.at('companion').waitFor();

    await manager.page.reload();
    await manager.console.openTask('周桂兰申请登记同行人周小宝');
    await manager.page.click('[data-testid=act-refuse]');
    await manager.page.fill('[data-testid=decide-text]', '请补充户口簿');
    await manager.page.click('[data-testid=decide-form] [data-testid=form-save]');
    await manager.page.waitForSelector('[data-testid=act-refuse]', { state: 'detached' });

    await expect
      .poll(
        async () => {
          await family.home();
          await family.open('companions');
          return family.at('companion').textContent();
        },
        { timeout: 15_000, interval: 1000 },
      )
      .toContain('请补充户口簿');
    await shot(phone.page, 'family-5-refused');
    await family.at('resubmit').click();
    await expect.poll(() => family.at('field-name').locator('input').inputValue()).toBe('周小宝');
    await family.addPaper('kinship', PHOTO);
    await family.at('submit').click();
    await expect.poll(() => family.at('companion').getByTestId('state').textContent()).toBe('审核中');
    await manager.page.reload();
    await manager.console.openTask('周桂兰申请登记同行人周小宝');
    await manager.console.approve('同意');
    await expect
      .poll(
        async () => {
          await family.home();
          await family.open('companions');
          return family.at('companion').getByTestId('state').textContent();
        },
        { timeout: 15_000, interval: 1000 },
      )
      .toBe('已通过');
    await family.home();
    await family.open('messages');
    await expect.poll(() => family.at('message-unread').count()).toBe(3);
    await shot(phone.page, 'family-6-messages');
    await manager.page.reload();
    for (const [nav, page] of Object.entries({ registrations: 'registrations-page', allowlist: 'allowlist-page' })) {
      await manager.page.click(`[data-testid=nav-${nav}]`);
      await manager.page.waitForSelector(`[data-testid=${page}] .ant-table-row`);
      await shot(manager.page, `console-3-${nav}`);
    }
    expect([phone.faults, manager.faults]).toEqual([[expect.stringContaining('400')], []]);
  });

  it('books a slot that is kept while it decides, moves it and cancels it', async () => {
    const { page, faults } = await openPage(browser, { viewport: { width: 390, height: 844 }, mobile: true });
    page.setDefaultTimeout(15_000);
    const family = new FamilyServicesPage(page, installation.url);
    const login = installation.logins.families[1];
    if (!login) throw new Error('no family');
    await page.goto(`${installation.url}/family/`);
    await page.fill('[data-testid=login-phone] input', login.phone);
    await page.fill('[data-testid=login-password] input', login.password);
    await page.click('[data-testid=login-submit]');
    await family.at('home-page').waitFor();
    await family.open('book');
    await family.at('quota').waitFor();
    const free = page.locator('[data-testid=slot][data-state=free]:visible');
    await free.first().click();
    await family.at('hold').waitFor();
    expect(await family.at('hold').textContent()).toMatch(/0?[45]:\d\d/);
    await shot(page, 'family-7-hold');
    await family.at('confirm').click();
    await family.at('booked').waitFor();
    await shot(page, 'family-8-booked');
    await family.at('go-appointments').click();
    await family.at('appointment').first().waitFor();
    const first = await family.at('appointment').first().textContent();
    await family.at('change').first().click();
    await family.at('book-page').waitFor();
    // Of today there may be no other time left.
    await page.locator('[data-testid=day]:visible').last().click();
    await free.last().click();
    await family.at('hold').waitFor();
    await family.at('confirm').click();
    await family.at('booked').waitFor();
    await family.at('go-appointments').click();
    await expect.poll(() => family.at('appointment').first().textContent()).not.toBe(first);
    await family.at('cancel').first().click();
    await family.at('ask-yes').click();
    await expect.poll(() => family.at('cancel').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('takes its log-in to the call page of a web view by a code for one use, which does not stay in the address', async () => {
    const login = installation.logins.families[0];
    if (!login) throw new Error('no family');
    let token: string | null = null;
    const api = createApi({ baseUrl: installation.url, getToken: () => token });
    token = (await api.loginFamily({ body: login })).token;
    const [call] = (await api.listCalls({ query: { scope: 'upcoming' } })).items;
    const { code } = await api.makeHandover();
    const { page, faults } = await openPage(browser, { viewport: { width: 390, height: 844 }, mobile: true });
    page.setDefaultTimeout(15_000);
    await page.goto(`${installation.url}/family/#/pages/call/index?id=${call?.id ?? ''}&handover=${code}&language=en`);
    await page.waitForSelector('[data-testid=join-call]:not([disabled])');
    expect(await page.textContent('[data-testid=join-call]')).toBe('Enter the visiting room');
    expect(page.url()).not.toContain(code);
    await expect(api.takeHandover({ body: { code } })).rejects.toMatchObject({ code: 'login_expired' });
    expect(faults).toEqual([]);
  });
});
