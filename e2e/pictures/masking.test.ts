import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actors, gather, openActors } from '../support/actors.ts';
import { Installation } from '../support/installation.ts';
import { installMaskFaults, setMaskFault } from '../support/mask-faults.ts';
import { clap, soundReceived } from '../support/observe.ts';
import { installRawWatch, seenBy, sendCameraItself, sentAndRaw, untilBlack, untilMasked } from '../support/raw-watch.ts';

/** Of the picture's points: what coding smears at the silhouette, and nothing of the wall. */
const TRACE = 0.005;

/** One call for all: the inmate before a wall of two colours that no person has, looked at in the family's decoded frames. */
const stack = new AsyncDisposableStack();
let actors: Actors;
let family: Actors['family']['page'];
let tablet: Actors['inmate']['page'];
const maskState = () => actors.officer.page.locator('[data-testid=mask-state]').getAttribute('data-fault');
const worst = async () => (await seenBy(family)).worst;

beforeAll(async () => {
  const installation = stack.use(await Installation.start());
  actors = stack.use(await openActors({ ownBrowsers: true }));
  [tablet, family] = [actors.inmate.page, actors.family.page];
  await tablet.addInitScript(installMaskFaults);
  await family.addInitScript(installRawWatch);
  await gather(installation, actors);
  await Promise.all([actors.inmate.screen.join(), actors.family.screen.join()]);
  await untilMasked(family, 40_000);
});
afterAll(() => stack.disposeAsync());

describe('the family sees the inmate', () => {
  it('before the mask’s colour, and nothing of the wall', async () => {
    const from = (await seenBy(family)).frames;
    await expect.poll(async () => (await seenBy(family)).frames - from, { timeout: 20_000 }).toBeGreaterThan(50);
    expect(await worst()).toBeLessThan(TRACE);
    await tablet.waitForSelector('[data-testid=mask-state][data-state=masked]');
    await actors.officer.page.waitForSelector('[data-testid=mask-state][data-state=masked]');
  });

  it('through a track that the worker made: no sender holds a camera’s', async () => {
    const { sent, raw } = await sentAndRaw(tablet);
    expect(sent.map(({ made }) => made)).toEqual(['MediaStreamTrackGenerator']);
    expect(raw.length).toBeGreaterThan(0);
    for (const { id } of sent) expect(raw).not.toContain(id);
  });
});

describe('the family sees black', () => {
  it.each([
    ['when the model throws', 'failed', 'failed'],
    ['when the mask takes longer than 400 ms', 'slow', 'late'],
    ['when the model takes the wall for a person', 'all', 'implausible'],
  ] as const)('%s', async (_, mode, fault) => {
    await setMaskFault(tablet, mode);
    await untilBlack(family);
    await expect.poll(maskState).toBe(fault);
    await tablet.waitForSelector('[data-testid=mask-state][data-state=black]');
    await setMaskFault(tablet, 'pass');
    await untilMasked(family);
    expect(await worst()).toBeLessThan(TRACE);
  });

  it('when a second person comes in, and for some counts after that', async () => {
    await tablet.evaluate(() => window.qinqiaoSource.company(true));
    await untilBlack(family);
    await expect.poll(maskState).toBe('several_people');
    await tablet.evaluate(() => window.qinqiaoSource.company(false));
    await untilMasked(family);
    expect(await worst()).toBeLessThan(TRACE);
  });

  it('when the camera is changed, and the new one is masked as well', async () => {
    const before = (await sentAndRaw(tablet)).raw.length;
    const { black } = await seenBy(family);
    await tablet.evaluate(() => window.qinqiaoSource.unplug());
    await expect.poll(async () => (await sentAndRaw(tablet)).raw.length).toBeGreaterThan(before);
    await expect.poll(async () => (await seenBy(family)).black).toBeGreaterThan(black);
    await untilMasked(family);
    const { sent, raw } = await sentAndRaw(tablet);
    for (const { id } of sent) expect(raw).not.toContain(id);
    expect(await worst()).toBeLessThan(TRACE);
  });

  it('when the tablet’s page is not in front', async () => {
    const hide = (state: 'hidden' | 'visible') =>
      tablet.evaluate((wanted) => {
        Object.defineProperty(document, 'visibilityState', { value: wanted, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await hide('hidden');
    await untilBlack(family);
    await expect.poll(maskState).toBe('hidden');
    await hide('visible');
    await untilMasked(family);
    expect(await worst()).toBeLessThan(TRACE);
  });

  it.each([
    ['model’s', 'mask-segmenter', 'late'],
    ['pump’s', 'mask-pump', 'stopped'],
  ] as const)('when the %s worker is gone, and the masked picture when it was started anew', async (_, name, fault) => {
    expect(await tablet.evaluate((which) => window.maskFaults.terminate(which), name)).toBeGreaterThan(0);
    // A late mask makes a single black frame at any time: the reason tells that it is this black.
    await expect.poll(maskState, { timeout: 8000 }).toBe(fault);
    await untilBlack(family);
    const { sent, raw } = await sentAndRaw(tablet);
    for (const { id } of sent) expect(raw).not.toContain(id);
    await untilMasked(family, 40_000);
    expect(await worst()).toBeLessThan(TRACE);
  });
});

it('a tablet that was tampered with and shows its wall is found out by the server: the family gets no more of the picture', async () => {
  const { page: officer } = actors.officer;
  await untilMasked(family, 40_000);
  await sendCameraItself(tablet);
  await family.waitForFunction(() => window.rawWatch.worst > 0.2, undefined, { timeout: 10_000 });
  await officer.waitForSelector('[data-testid=picture-warning][data-kind=unmasked][data-party=inmate]', { timeout: 20_000 });
  await tablet.waitForSelector('[data-testid=own-picture-held]');
  await family.waitForSelector('[data-testid=hold-notice]');
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { frames } = await seenBy(family);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect((await seenBy(family)).frames).toBeLessThanOrEqual(frames + 2);
}, 60_000);

it('where the tablet cannot mask, no picture leaves it, sound does, and both are told', async () => {
  await using installation = await Installation.start();
  await using people = await openActors({ ownBrowsers: true });
  const { inmate, family: mother, officer } = people;
  await inmate.page.addInitScript(() => {
    Object.assign(window, { MediaStreamTrackGenerator: undefined });
  });
  await gather(installation, people);
  await Promise.all([inmate.screen.join(), mother.screen.join()]);
  await inmate.page.waitForSelector('[data-testid=mask-state][data-fault=unsupported]');
  await officer.page.waitForSelector('[data-testid=mask-state][data-fault=unsupported]', { timeout: 20_000 });
  await expect.poll(async () => (await soundReceived(mother.page)).length, { timeout: 30_000 }).toBeGreaterThan(0);
  await clap(inmate.page, 8);
  await expect.poll(async () => (await soundReceived(mother.page))[0]?.energy ?? 0, { timeout: 20_000 }).toBeGreaterThan(0.001);
  expect((await sentAndRaw(inmate.page)).sent).toEqual([]);
});
