import type { CallId } from '@qinqiao/contracts';
import { type Actors, gather, openActors } from '../e2e/support/actors.ts';
import { Installation } from '../e2e/support/installation.ts';
import { type OfficerApi, officerApi } from '../e2e/support/officer-api.ts';
import { untilFrames } from '../e2e/support/observe.ts';

/** A running installation, its three people, each at a browser of his own, and the officer's REST access. */
export interface Stage extends AsyncDisposable {
  installation: Installation;
  actors: Actors;
  api: OfficerApi;
}

export async function openStage(options: { split?: boolean } = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const installation = stack.use(await Installation.start({ split: options.split ?? false }));
  const actors = stack.use(await openActors({ ownBrowsers: true }));
  const api = await officerApi(installation);
  const open = stack.move();
  return { installation, actors, api, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

/** The first demo call, with everybody in it and pictures moving. */
export async function enterFirstCall({ installation, actors }: Stage): Promise<CallId> {
  const callId = (await gather(installation, actors)) as CallId;
  await actors.inmate.screen.join();
  await actors.family.screen.join();
  await Promise.all([actors.inmate, actors.family, actors.officer].map(({ page }) => untilFrames(page, 10)));
  return callId;
}

export const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
export const progress = (text: string) => process.stderr.write(`${text}\n`);
