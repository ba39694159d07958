import type { CallId, RelisteningRuleContent } from '@qinqiao/contracts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManagementPage } from '../page-objects/management-page.ts';
import { RelisteningPages } from '../page-objects/relistening-page.ts';
import { launchBrowser, openPage } from '../support/browser.ts';
import { Installation } from '../support/installation.ts';
import { officerApi } from '../support/officer-api.ts';
import { addRecordedCalls } from '../support/recorded-calls.ts';

const RULE: RelisteningRuleContent = {
  name: '全部复听',
  kind: null,
  level: null,
  percent: 100,
  alwaysAlerts: true,
  days: 3,
  wantedPercent: 80,
  role: 'supervisor',
  ofWard: true,
  secondPercent: 100,
  enabled: true,
};
const SECONDS = 24;
const SOON = { timeout: 15_000 };

let installation: Installation;
let browser: Browser;
let calls: CallId[];

beforeAll(async () => {
  installation = await Installation.start();
  calls = await addRecordedCalls(installation, { seconds: SECONDS, rule: RULE });
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await installation?.[Symbol.asyncDispose]();
});

async function openConsole(account: string, viewport = { width: 1440, height: 900 }) {
  const { page, faults } = await openPage(browser, { viewport });
  const management = new ManagementPage(page, installation.url);
  await management.use('zh');
  const login = installation.logins.officers.find((officer) => officer.account === account);
  await management.enter(account, login?.password ?? '');
  return { management, listening: new RelisteningPages(management), page, faults };
}

describe('re-listening', () => {
  it('an officer’s day: what is assigned is listened to with keys, marked, evaluated and handed over; the supervisor sees the shares', async () => {
    const { management, listening, page, faults } = await openConsole('officer1');
    await listening.openMine();
    // Three calls go to two officers in turn.
    await expect.poll(() => listening.rows().count(), SOON).toBe(2);
    await management.shot('zh-list');
    await listening.listenToAll();
    await listening.untilReady();
    const first = await listening.id;
    expect(calls).toContain(first);

    await listening.press(' ', ']', ']', ']');
    await listening.untilMs(7000);
    expect(await page.evaluate(() => document.querySelector<HTMLVideoElement>('[data-testid=player]')?.playbackRate)).toBe(2);
    await expect.poll(() => page.locator('.transcript-row.is-current').count(), { timeout: 15_000 }).toBeGreaterThan(0);
    await listening.press('b');
    await listening.untilMs(13_000);
    await listening.press('n');
    await listening.note('提到“手机”，已核实');
    await listening.press('m');
    await listening.note('疑似要求传递物品', '违禁物品');
    await page.locator('[data-testid=player-mark][data-kind=abnormal]').waitFor();
    for (const kind of ['word', 'warning', 'note', 'bookmark'])
      await page.locator(`[data-testid=player-mark][data-kind=${kind}]`).waitFor();
    await management.shot('zh-player');
    await listening.press(' ');
    await listening.untilMs(SECONDS * 1000 - 700);
    await listening.at('heard-share').waitFor();
    await expect
      .poll(async () => Number(await listening.at('heard-share').getAttribute('data-share')), { timeout: 15_000 })
      .toBeGreaterThan(0.8);
    await listening.finish({ remark: '情绪稳定' });
    await management.shot('zh-done');

    await listening.at('go-next').click();
    await expect.poll(() => listening.id, SOON).not.toBe(first);
    await listening.untilReady();
    const second = await listening.id;
    await listening.press('ArrowRight', 'ArrowRight');
    await expect.poll(() => listening.ms(), SOON).toBeGreaterThanOrEqual(10_000);
    await listening.press('k');
    await expect.poll(() => listening.id, SOON).toBe(first);
    await listening.press('j');
    await expect.poll(() => listening.id, SOON).toBe(second);
    await listening.handOver('刘警官', '明日休假');
    await listening.at('hand-over').waitFor({ state: 'hidden' });
    await listening.at('relisten-back').click();
    await listening.at('workload-mine').and(page.locator('[data-count="0"]')).waitFor();
    expect(faults).toEqual([]);

    const office = await openConsole('manager');
    await office.management.open(`/relistening/${first}`, 'relisten');
    await office.listening.at('tab-history').click();
    const heard = office.listening.at('heard-by');
    expect(Number(await heard.getAttribute('data-share'))).toBeGreaterThan(0.8);
    expect(await heard.textContent()).toContain('2×');
    await office.page.locator('[data-testid=relistening-event][data-kind=second_assigned]').waitFor();
    await office.management.shot('zh-history');
    await office.management.open('/relistening-statistics', 'relistening-statistics-page');
    const row = office.page.locator('[data-testid=count-row][data-key=demo-officer-1]');
    await row.waitFor();
    expect(await row.locator('td').allTextContents()).toMatchObject(['张警官', '1', '1', '0', '1', '0', '1', '100 %', '100 %', '0.01']);
    await office.management.shot('zh-statistics');
    expect(office.faults).toEqual([]);
  }, 240_000);

  it('plays each party apart, louder or softer, skips silence, and says plainly what is wrong', async () => {
    const { management, listening, page, faults } = await openConsole('officer2', { width: 1024, height: 768 });
    await listening.openMine();
    await listening.rows().first().getByTestId('conversation-listen').click();
    await listening.untilReady();
    await expect.poll(() => listening.at('waveform').count(), SOON).toBe(2);
    await listening.at('player-line').hover({ position: { x: 200, y: 20 } });
    await listening.at('thumbnail').waitFor();
    await management.shot('zh-small-player');
    await listening.at('player-mode').getByText('分路画面').click();
    await expect.poll(() => listening.at('player-track').count(), SOON).toBe(2);
    await listening.at('voice-family').click();
    await listening.press(' ');
    await listening.untilMs(4000);
    const apart = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLMediaElement>('[data-testid=stage] audio, [data-testid=stage] video')].map(
        ({ muted, currentTime, dataset }) => ({
          file: dataset['file'] ?? '',
          muted,
          at: currentTime,
        }),
      ),
    );
    expect(apart.filter(({ muted }) => !muted).map(({ file }) => file)).toEqual(['inmate-audio.webm']);
    expect(Math.max(...apart.map(({ at }) => at)) - Math.min(...apart.map(({ at }) => at))).toBeLessThan(0.4);
    await management.shot('zh-small-tracks');
    await listening.press(' ', 's');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => listening.ms(), SOON).toBeLessThan(100);
    await listening.press(' ');
    await listening.untilMs(18_000);
    await listening.press(' ');
    // Four beeps in 24 seconds: the rest is silence, which the server finds where the player skips it.
    const api = await officerApi(installation);
    const id = await listening.id;
    const skipped = async () => (await api.getConversation({ params: { id } })).heardBy[0]?.skippedShare;
    await expect.poll(skipped, { timeout: 15_000 }).toBeGreaterThan(0.4);
    await listening.press('?');
    await listening.at('keys').waitFor();
    await management.shot('zh-small-keys');
    await page.keyboard.press('Escape');
    expect(faults).toEqual([]);

    await page.route('**/api/recordings/**', (route) => route.fulfill({ status: 403, body: '{}' }));
    await page.reload();
    await listening.at('player-failed').waitFor();
    await page.unroute('**/api/recordings/**');
    await listening.at('player-failed').getByRole('button').click();
    await listening.untilReady();
  }, 180_000);
});
