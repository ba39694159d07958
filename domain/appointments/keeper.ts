import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Db, Logger } from '@qinqiao/server-kit';
import { sweepHolds } from '../slots/index.ts';
import { tendAppointments } from './endings.ts';

const EVERY_MS = 5000;

/** Does what time brings: gives back holds that are over, lets applications lapse. Several may run on one store. */
export function startAppointmentKeeper(db: Db, { clock, log }: { clock: Clock; log: Logger }): AsyncDisposable {
  const stop = new AbortController();
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        await sweepHolds(db, clock.now());
        await tendAppointments({ db, clock });
      } catch (err) {
        log.error({ err }, 'appointments could not be tended');
      }
      await sleep(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
