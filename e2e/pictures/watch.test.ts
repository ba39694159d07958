import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createApi } from '@qinqiao/client-sdk';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Actors, gather, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';

/** From a second person entering to the warning on the officer's page: the p95 that is wanted, and the machine's own slowness. */
const WITHIN_MS = 8000;
const SHOTS = process.env['QINQIAO_SHOTS'];

const stack = new AsyncDisposableStack();
let installation: Installation;
let actors: Actors;
let callId: string;
const video = (page: Page, selector: string) =>
  page.locator(selector).evaluate((element) => {
    const shown = element instanceof HTMLVideoElement ? element : element.querySelector('video');
    return shown?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  });
const familySeen = () => video(actors.inmate.page, '[data-testid=remote-video]');
const inmateSeen = () => video(actors.family.page, '[data-testid=remote-video]');
const watched = () => video(actors.officer.page, '[data-testid=video-family]');
async function shoot(name: string, page: Page): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** The site wants the family's picture held when strangers show. */
async function holdFamilies(): Promise<void> {
  const system = installation.logins.officers.find(({ account }) => account === 'sysadmin');
  if (!system) throw new Error('no system administrator');
  let token: string | null = null;
  const api = createApi({ baseUrl: installation.url, getToken: () => token });
  const opened = await api.loginOfficer({ body: { account: system.account, password: system.password } });
  if (!('token' in opened)) throw new Error('a second factor is asked for');
  token = opened.token;
  await api.setParameter({ params: { key: 'picture.holdFamily' }, body: { value: 'on', version: 0 } });
}

beforeAll(async () => {
  installation = stack.use(await Installation.start({ split: true }));
  await holdFamilies();
  actors = stack.use(await openActors());
  callId = await gather(installation, actors);
  await Promise.all([actors.inmate.screen.join(), actors.family.screen.join()]);
  await vi.waitUntil(async () => (await familySeen()) > 20, { timeout: 40_000, interval: 200 });
  await actors.officer.page.waitForSelector('[data-testid=health-picture][data-health=ok]', { timeout: 40_000 });
}, 120_000);
afterAll(() => stack.disposeAsync());

describe('a stranger who comes into the family’s picture', () => {
  it('is shown to the officer with a still within seconds; the inmate’s tablet gets no more of that picture, the officer does', async () => {
    const { officer, family, inmate } = actors;
    // Some samples of one person alone: nobody is warned of.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await officer.page.locator('[data-testid=picture-warning]').count()).toBe(0);
    const came = Date.now();
    await family.page.evaluate(() => window.qinqiaoSource.company(true));
    await officer.page.waitForSelector('[data-testid=picture-warning][data-kind=several_people][data-party=family]', { timeout: 30_000 });
    console.log(`warning after ${Date.now() - came} ms`);
    expect(Date.now() - came).toBeLessThan(WITHIN_MS);
    await inmate.page.waitForSelector('[data-testid=hold-notice]');
    await family.page.waitForSelector('[data-testid=own-picture-held]');
    const still = officer.page.locator('[data-testid=picture-warning] img').first();
    await expect.poll(() => still.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
    const [frozen, seen, other] = [await familySeen(), await watched(), await inmateSeen()];
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await familySeen()).toBeLessThanOrEqual(frozen + 2);
    expect(await watched()).toBeGreaterThan(seen + 5);
    expect(await inmateSeen()).toBeGreaterThan(other + 5);
    await shoot('live-zh', officer.page);
    await shoot('tablet-held', inmate.page);
    await shoot('family-held', family.page);
  }, 90_000);

  it('is let in again by the officer with one tap, and not warned of again while he stays', async () => {
    const { officer, inmate } = actors;
    await officer.page.click('[data-testid=picture-warning] [data-testid=release-picture-family]');
    await inmate.page.waitForSelector('[data-testid=hold-notice]', { state: 'hidden' });
    const before = await familySeen();
    await expect.poll(familySeen, { timeout: 10_000 }).toBeGreaterThan(before + 10);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(await officer.page.locator('[data-testid=picture-warning]').count()).toBe(1);
    await shoot('live-released', officer.page);
  }, 60_000);

  it('is missed at once when the watch dies; the call goes on, and the next watch takes over', async () => {
    const { officer, inmate } = actors;
    const died = Date.now();
    await installation.stop('picture-watch', 'SIGKILL');
    await officer.page.waitForSelector('[data-testid=banner-picture]');
    expect(Date.now() - died).toBeLessThan(4000);
    await shoot('live-watch-down', officer.page);
    expect(await inmate.page.locator('[data-testid=hold-notice]').count()).toBe(0);
    installation.run('picture-watch');
    await officer.page.waitForSelector('[data-testid=banner-picture]', { state: 'detached', timeout: 30_000 });
    // What the officer has let pass is not held again by a watch that begins anew.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(await officer.page.locator('[data-testid=picture-warning]').count()).toBe(1);
    expect(await inmate.page.locator('[data-testid=hold-notice]').count()).toBe(0);
  }, 60_000);

  it('is judged on the page of warnings, and in the call’s record', async () => {
    const { page } = actors.officer;
    await page.goto(`${installation.url}/console/#/picture-warnings`);
    await page.click('[data-testid=warning-row] [data-testid=warning-open]');
    await page.waitForSelector('[data-testid=warning-detail] img');
    await shoot('review-drawer', page);
    await page.click('[data-testid=judge-wrong]');
    await page.waitForSelector('[data-testid=warning-detail] [data-verdict=wrong]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid=share][data-wrong="1"]');
    await page.waitForSelector('.ant-drawer-content-wrapper', { state: 'hidden' });
    await shoot('review-zh', page);
    await page.goto(`${installation.url}/console/#/finished/${callId}`);
    await page.click('[data-testid=tab-pictures]');
    await page.waitForSelector('[data-testid=call-warnings] [data-verdict=wrong]');
    await shoot('record', page);
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.getByText('EN', { exact: true }).click();
    await page.goto(`${installation.url}/console/#/picture-warnings`);
    await page.waitForSelector('[data-testid=warning-row]');
    await shoot('review-en', page);
    await page.goto(`${installation.url}/console/#/live/${callId}`);
    await page.waitForSelector('[data-testid=picture-warning]');
    await page.waitForTimeout(2000);
    await shoot('live-en', page);
    expect(actors.officer.faults).toEqual([]);
  }, 60_000);
});
