import { createApi } from '@qinqiao/client-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { TabletPage } from '../page-objects/tablet-page.ts';
import { VenuesPage } from '../page-objects/venues-page.ts';
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

const TABLET = { width: 1280, height: 800 };
const [ROOM_1, ROOM_2] = ['会见室 1', '会见室 2'];

function loginOf(account: string) {
  const login = installation.logins.officers.find((officer) => officer.account === account);
  if (!login) throw new Error(`no officer ${account}`);
  return login;
}

async function openTablet() {
  const opened = await openPage(browser, { viewport: TABLET });
  return { ...opened, screen: new TabletPage(opened.page) };
}

async function openConsole() {
  const { page, faults } = await openPage(browser, { viewport: { width: 1440, height: 900 } });
  const management = new ManagementPage(page, installation.url);
  await management.use('zh');
  const { account, password } = loginOf('manager');
  await management.enter(account, password);
  return { management, venues: new VenuesPage(management), page, faults };
}

/** Another officer approves whatever waits for him. */
async function approveAll(account: string): Promise<void> {
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const opened = await api.loginOfficer({ body: loginOf(account) });
  if (!('token' in opened)) throw new Error('the demo officer has a second factor');
  token = opened.token;
  const { items } = await api.listTasks({ query: { type: 'call' } });
  expect(items).toHaveLength(1);
  const cases = items.map(({ caseId, version }) => ({ caseId, version }));
  await api.decideTasks({ body: { cases, decision: { type: 'approve' } } });
}

/** As the tablet names tomorrow. */
const tomorrow = () =>
  new Date(Date.now() + 24 * 3600_000).toLocaleDateString('zh-CN', {
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    timeZone: 'Asia/Shanghai',
  });

describe('venues', () => {
  it('a tablet is paired; an officer books on it; the board shows the call, and where it is dragged to, the tablet shows it', async () => {
    const office = await openConsole();
    const code = await office.venues.pairingCode(ROOM_1);
    const first = await openTablet();
    await first.screen.pair(installation.url, code);
    await office.management.at('pair-done').waitFor();
    await office.management.shot('zh-paired');
    expect(await first.page.textContent('[data-testid=tablet-room]')).toContain(ROOM_1);

    await first.screen.enter('A1001');
    await first.screen.bookWith(loginOf('officer1'), tomorrow());
    await first.page.click('[data-testid=booking-book]');
    await first.page.waitForSelector('[data-testid=booked][data-state=pending]');
    await first.page.click('[data-testid=booking-done]');
    const row = first.page.locator('[data-testid=appointment-row]');
    await row.waitFor();
    const id = (await row.getAttribute('data-appointment-id')) ?? '';
    await approveAll('officer2');

    await office.page.keyboard.press('Escape');
    await office.venues.openTomorrow();
    await office.venues.bar(id).waitFor();
    await expect.poll(() => office.venues.roomOf(id), { timeout: 15_000 }).not.toBeNull();
    const from = await office.venues.roomOf(id);
    const to = from === ROOM_1 ? ROOM_2 : ROOM_1;
    await office.venues.drag(id, to, async () => {
      await office.management.at('venue-ghost').waitFor();
    });
    await expect.poll(() => office.venues.roomOf(id)).toBe(to);
    await office.management.shot('zh-board');

    const key = installation.logins.tablets.find(({ room }) => room === to)?.key ?? '';
    const second = await openTablet();
    await second.screen.logIn(installation.url, key, 'A1001');
    await expect.poll(() => second.page.locator('[data-testid=call-row]', { hasText: to }).count(), { timeout: 15_000 }).toBeGreaterThan(0);

    expect([...office.faults, ...first.faults, ...second.faults]).toEqual([]);
  });

  it('a tablet without network shows what it last knew and when; whoever comes next sees nothing of it', async () => {
    const [tablet] = installation.logins.tablets;
    const { page, context, screen } = await openTablet();
    await screen.logIn(installation.url, tablet?.key ?? '', 'A1001');
    const rows = page.locator('[data-testid=call-row]');
    await rows.first().waitFor();
    // The page keeps itself once its service worker has fetched everything.
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await page.locator('[data-testid=offline]').waitFor();
    await page.locator('[data-testid=stale]').waitFor();
    // Also after the page was loaded anew: it comes from the tablet itself.
    await page.reload();
    await page.locator('[data-testid=stale]').waitFor();
    expect(await rows.first().textContent()).toContain('陈秀英');
    await page.click('[data-testid=logout]');
    await context.setOffline(false);
    await screen.enter('A1002');
    await page.locator('[data-testid=offline]').waitFor({ state: 'hidden' });
    await page.locator('[data-testid=quota] section').first().waitFor();
    expect(await page.textContent('body')).not.toContain('陈秀英');
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('陈秀英');
    await context.close();
  });
});
