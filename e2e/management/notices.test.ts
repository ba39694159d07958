import { createApi } from '@qinqiao/client-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { NoticesPage } from '../page-objects/notices-page.ts';
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

/** A family member books the first slot that is free. */
async function bookAsFamily() {
  const [login] = installation.logins.families;
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  ({ token } = await api.loginFamily({ body: { phone: login?.phone ?? '', password: login?.password ?? '' } }));
  const { items } = await api.listMyInmates();
  const inmateId = items[0]?.id ?? '';
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const slots = await api.listSlots({ query: { inmateId, kind: 'video', from: day(2), to: day(8) } });
  const slot = slots.items.find(({ state }) => state === 'free');
  await api.book({ body: { slotId: slot?.id ?? '', inmateId, companionIds: [] } });
  return api;
}

it('a booking is told in the app and by WeChat, seen in the console with the name masked, sent again, and its words are edited', async () => {
  const family = await bookAsFamily();
  const newest = async () => (await family.listMyMessages({ query: {} })).items[0]?.title.zh;
  await expect.poll(newest, { timeout: 15_000 }).toBe('预约已提交');
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const management = new ManagementPage(page, installation.url);
  await management.use('zh');
  const manager = installation.logins.officers.find(({ account }) => account === 'manager');
  await management.enter('manager', manager?.password ?? '');
  const notices = new NoticesPage(management);
  await notices.open();
  const rows = await notices.rows();
  expect(rows).toHaveLength(2);
  expect(rows.join(' ')).toContain('微信订阅消息');
  expect(await notices.openNewest('微信订阅消息')).toMatch(/^预约已提交\s+您与陈\*\*的视频会见/);
  await notices.sendAgain();
  await notices.editTemplate('booked', '会见对象：{who}');
  await notices.save();
  await page.getByText('没有占位符 {who}').waitFor();
  await notices.editTemplate('booked', '会见对象：{inmate}');
  await expect.poll(() => notices.preview(), { timeout: 10_000 }).toContain('会见对象：陈建国');
  await notices.save();
  await page.locator('[data-testid=template-row][data-event=booked]').getByText('会见对象：{inmate}').waitFor();
  expect(faults.filter((fault) => !fault.includes('400'))).toEqual([]);
});
