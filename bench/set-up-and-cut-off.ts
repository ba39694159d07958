import type { CallId } from '@qinqiao/contracts';
import { clickedAt, framesOf, untilFrames } from '../e2e/support/observe.ts';
import { enterFirstCall, openStage, progress, type Stage, sleep } from './stage.ts';
import { summary } from './statistics.ts';

const RUNS = 20;

/**
 * Set-up: from the click that joins last to the first decoded frame of the other, on both sides. Cut-off: from the officer's click to
 * the last frame decoded on either side. Milliseconds, over twenty calls between three Chromium processes.
 */
export async function benchSetUpAndCutOff() {
  await using stage = await openStage();
  const family: number[] = [];
  const inmate: number[] = [];
  const cutOff: number[] = [];
  let callId = await enterFirstCall(stage);
  await cut(stage);
  for (let run = 1; run <= RUNS; run++) {
    callId = await arrange(stage);
    const setUp = await join(stage, callId);
    family.push(setUp.family);
    inmate.push(setUp.inmate);
    await sleep(1500);
    cutOff.push(await cut(stage));
    progress(`run ${run}: set-up ${setUp.family.toFixed(0)} / ${setUp.inmate.toFixed(0)} ms, cut-off ${cutOff.at(-1)?.toFixed(0)} ms`);
  }
  const within150 = cutOff.filter((ms) => ms <= 150).length;
  return {
    setUpMs: { family: summary(family), inmate: summary(inmate), both: summary([...family, ...inmate]) },
    cutOffMs: { ...summary(cutOff), within150 },
  };
}

async function arrange({ api }: Stage): Promise<CallId> {
  const { inmates, families, rooms } = await api.directory();
  const inmate = inmates.find((one) => one.number === 'A1001');
  const family = families.find((one) => one.inmateId === inmate?.id);
  const room = rooms[0];
  if (!inmate || !family || !room) throw new Error('no demo people');
  const startsAt = new Date().toISOString();
  const { id } = await api.createCall({ body: { inmateId: inmate.id, familyId: family.id, roomId: room.id, startsAt, minutes: 5 } });
  while ((await api.getCall({ params: { id } })).state === 'scheduled') await sleep(100);
  return id;
}

async function join(
  { installation, actors: { inmate, family, officer } }: Stage,
  callId: CallId,
): Promise<{ family: number; inmate: number }> {
  // Each page is loaded anew, as a person opens it for a call.
  await Promise.all([
    inmate.page
      .click('[data-testid=end-logout]')
      .then(() => inmate.page.reload())
      .then(() => inmate.screen.enterAgain()),
    family.page
      .goto(`${installation.url}/family/#/pages/calls/index`)
      .then(() => family.page.reload())
      .then(() => family.screen.openCall()),
    officer.page.goto(`${installation.url}/console/#/live/${callId}`),
  ]);
  await officer.page.waitForSelector('[data-testid=live]');
  await inmate.screen.join();
  await inmate.page.waitForSelector('[data-testid=remaining]');
  await sleep(1200);
  await family.screen.join();
  await Promise.all([inmate, family, officer].map(({ page }) => untilFrames(page)));
  const joined = await clickedAt(family.page, 'join-call');
  const [byFamily, byInmate] = [await framesOf(family.page), await framesOf(inmate.page)];
  return { family: (byFamily.first ?? Number.NaN) - joined, inmate: (byInmate.first ?? Number.NaN) - joined };
}

async function cut({ actors: { inmate, family, officer } }: Stage): Promise<number> {
  await officer.screen.prepareCutOff('bench');
  await officer.screen.confirmCutOff();
  await Promise.all([inmate, family].map(({ page }) => page.waitForSelector('[data-testid=end-reason]')));
  await sleep(500);
  const clicked = await clickedAt(officer.page, 'cutoff-confirm');
  const last = await Promise.all([inmate, family].map(async ({ page }) => (await framesOf(page)).last ?? Number.NaN));
  return Math.max(...last) - clicked;
}
