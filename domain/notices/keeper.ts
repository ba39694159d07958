import { setTimeout as sleep } from 'node:timers/promises';
import { remind, tellWaiting } from './reminders.ts';
import { sweepMarks } from './marks.ts';
import { sendDue, type SenderDeps } from './send.ts';

const SEND_EVERY_MS = 1000;
const WAITING_EVERY_MS = 10_000;
const REMIND_EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 3600_000;

/** Sends notices, reminds of visits, and tells who is waited for. Several may run on one store. */
export function startNotices(deps: SenderDeps): AsyncDisposable {
  const stop = new AbortController();
  const every = async (ms: number, what: string, run: () => Promise<unknown>) => {
    while (!stop.signal.aborted) {
      await run().catch((err: unknown) => deps.log?.error({ err }, what));
      await sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const sendAll = async () => {
    while (!stop.signal.aborted && (await sendDue(deps)) > 0);
  };
  const running = Promise.all([
    every(SEND_EVERY_MS, 'notices could not be sent', sendAll),
    every(WAITING_EVERY_MS, 'those who are waited for could not be told', () => tellWaiting(deps)),
    every(REMIND_EVERY_MS, 'reminders could not be made', () => remind(deps)),
    every(SWEEP_EVERY_MS, 'old marks could not be deleted', () => sweepMarks(deps.db, deps.clock.now())),
  ]);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
