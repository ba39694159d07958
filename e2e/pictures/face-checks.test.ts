import { mkdirSync } from 'node:fs';
import { type FaceService, openFaceService } from '@qinqiao/faces';
import { turnedHead } from '@qinqiao/faces/testing';
import { createLogger } from '@qinqiao/server-kit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actors, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';

/** Where a look at the screens is kept, when somebody wants to look. */
const SHOTS = process.env['QINQIAO_SHOTS'];
const shot = async (page: Page, name: string) => {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
};

/** One installation: an inmate and a family member show their faces to the camera, an officer decides on who was never enrolled. */
const stack = new AsyncDisposableStack();
let installation: Installation;
let actors: Actors;
let faces: FaceService;
let tablet: Page;
let family: Page;
let officer: Page;
const heads = { hopper: [] as string[], astronaut: [] as string[] };

beforeAll(async () => {
  installation = stack.use(await Installation.start());
  const config = { faces: { engine: 'embedded', url: null, token: null, threads: 1 } } as unknown as Parameters<typeof openFaceService>[0];
  faces = stack.use(openFaceService(config, createLogger('test', 'silent')));
  for (const who of ['hopper', 'astronaut'] as const) {
    for (const degrees of [0, -40, 0, 40]) {
      heads[who].push(`data:image/jpeg;base64,${(await turnedHead(faces, who, degrees)).toString('base64')}`);
    }
  }
  actors = stack.use(await openActors());
  [tablet, family, officer] = [actors.inmate.page, actors.family.page, actors.officer.page];
  await askForFaces();
  await actors.officer.screen.logIn(installation.url, installation.logins.officers[0]!);
});
afterAll(() => stack.disposeAsync());

/** The demo's people have no faces: the system administrator switches the checks on. */
async function askForFaces(): Promise<void> {
  const { url, logins } = installation;
  const admin = logins.officers.find(({ account }) => account === 'sysadmin')!;
  const ask = async (method: string, path: string, body: unknown, token = '') => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return (await response.json()) as { token: string };
  };
  const { token } = await ask('POST', '/api/login/officer', { account: admin.account, password: admin.password });
  for (const key of ['face.inmateLogin', 'face.familyEntry']) {
    await ask('PUT', `/api/parameters/${key}`, { value: 'on', version: 1 }, token);
  }
}

async function enterNumber(): Promise<void> {
  const { tablets, inmates } = installation.logins;
  await tablet.goto(`${installation.url}/tablet/#device=${tablets[0]?.key}`);
  await tablet.fill('[data-testid=inmate-number]', inmates[0]?.number ?? '');
  await tablet.click('[data-testid=login-submit]');
  await tablet.waitForSelector('[data-testid=face-video]');
}
const pose = (page: Page, who: keyof typeof heads, seconds = 1.5) =>
  page.evaluate(([pictures, each]) => window.qinqiaoSource.pose(pictures, each), [heads[who], seconds] as const);
/** Until what the camera shows now is what the page sees: a picture of who was there before would be taken for his first. */
const framesPass = (page: Page) =>
  page.locator('[data-testid=face-video]').evaluate(
    (video) =>
      new Promise<void>((resolve) => {
        let left = 5;
        const next = () => void (--left === 0 ? resolve() : (video as HTMLVideoElement).requestVideoFrameCallback(next));
        (video as HTMLVideoElement).requestVideoFrameCallback(next);
      }),
  );
/** Says what the screen shows when he is refused, or nothing comes of it. */
async function untilLetIn(timeout: number): Promise<void> {
  const ends = tablet.locator('[data-testid=logout], [data-testid=face-again]').first();
  await ends.waitFor({ timeout }).catch(async (cause: unknown) => {
    throw new Error(`not let in, and not refused: ${await tablet.locator('body').innerText()}`, { cause });
  });
  if (await tablet.locator('[data-testid=logout]').count()) return;
  throw new Error(`refused: ${await tablet.locator('body').innerText()}`);
}
const sourceReady = (page: Page) => page.waitForFunction(() => 'qinqiaoSource' in window);

describe('faces', () => {
  it('an inmate who was never enrolled waits; the officer looks at the pictures, allows it and enrols the face', async () => {
    await enterNumber();
    await sourceReady(tablet);
    await pose(tablet, 'hopper');
    await tablet.waitForSelector('[data-testid=face-told]');
    await shot(tablet, 'tablet-open-zh');
    await tablet.waitForSelector('[data-testid=face-state][data-state=waiting]', { timeout: 60_000 });
    await shot(tablet, 'tablet-waiting-zh');

    await officer.waitForSelector('[data-testid=face-checks-waiting]');
    await shot(officer, 'today-zh');
    await officer.click('[data-testid=face-checks-waiting] button');
    await officer.click('[data-testid=face-check-open]');
    await officer.waitForSelector('[data-testid=face-check-picture]');
    expect(await officer.locator('[data-testid=face-check-picture]').count()).toBeGreaterThan(1);
    await shot(officer, 'decide-zh');
    await officer.fill('[data-testid=face-check-note]', '与档案照片一致');
    await officer.click('[data-testid=face-check-allow]');
    await officer.click('[data-testid=face-check-allow-yes]');
    await tablet.waitForSelector('[data-testid=logout]');
  });

  it('the next time the face alone lets the inmate in, and another face does not', async () => {
    await tablet.click('[data-testid=logout]');
    await enterNumber();
    await sourceReady(tablet);
    await pose(tablet, 'astronaut');
    await tablet.waitForSelector('[data-testid=face-state][data-state=failed]', { timeout: 60_000 });
    await shot(tablet, 'tablet-failed-zh');
    await pose(tablet, 'hopper');
    await framesPass(tablet);
    await tablet.click('[data-testid=face-again]');
    await tablet.waitForSelector('[data-testid=face-again]', { state: 'hidden' });
    await untilLetIn(60_000);
  });

  it('a family member is looked at before the call, and enters it when the officer has allowed it', async () => {
    await actors.family.screen.logIn(installation.url, installation.logins.families[0]!);
    await family.click('[data-testid=enter-call]');
    await family.waitForSelector('[data-testid=face-video]');
    await sourceReady(family);
    await pose(family, 'astronaut');
    await shot(family, 'family-open-zh');
    await family.waitForSelector('[data-testid=face-told][data-state=waiting]', { timeout: 60_000 });
    await shot(family, 'family-waiting-zh');
    await officer.getByText('EN', { exact: true }).first().click();
    await officer.waitForSelector('[data-testid=face-check-open]');
    await shot(officer, 'list-en');
    await officer.click('[data-testid=face-check-open]');
    await officer.waitForSelector('[data-testid=face-check-picture]');
    await shot(officer, 'decide-en');
    await officer.click('[data-testid=face-check-allow]');
    await officer.click('[data-testid=face-check-allow-yes]');
    await family.waitForSelector('[data-testid=join-call]:not([disabled])');
    await actors.family.screen.join();
    await family.waitForSelector('[data-testid=remote-video]');
    expect([...actors.inmate.faults, ...actors.family.faults, ...actors.officer.faults]).toEqual([]);
  });
});
