import { addDays, type Clock, type Db, dayOf, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import { type AssignmentOutcome, assignDay } from './run.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/** Gives the calls of all prisons rooms, so many days ahead. `onPrison` is told what came of each. */
export async function assignEverywhere(
  { db, clock }: Deps,
  { days, signal }: { days: number; signal: AbortSignal },
  onPrison: (name: string, day: string, outcome: AssignmentOutcome) => void,
): Promise<AssignmentOutcome> {
  const prisons = (await listOrgUnits(db)).filter(({ kind, enabled }) => kind === 'prison' && enabled);
  const sum: AssignmentOutcome = { placed: 0, moved: 0, unplaced: [], underway: 0 };
  for (let ahead = 1; ahead <= days; ahead++) {
    const day = addDays(dayOf(clock.now()), ahead);
    for (const { id: prisonId, name } of prisons) {
      signal.throwIfAborted();
      const outcome = await assignDay({ db, clock, actor: SYSTEM_ACTOR }, { prisonId, day });
      onPrison(name, day, outcome);
      sum.placed += outcome.placed;
      sum.moved += outcome.moved;
      sum.unplaced.push(...outcome.unplaced);
    }
  }
  return sum;
}
