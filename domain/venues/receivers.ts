import { type Clock, type Db, type DbTransaction, dayOf, addDays, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { type Message, type Receivers, sendLater } from '../outbox/index.ts';
import { assignDay, reassign } from './run.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/** What may leave an appointment without a room, or a room without an appointment. */
const TOPICS = ['booked', 'approved', 'changed', 'cancelled', 'stopped', 'completed', 'missed', 'broken'] as const;
const CHANGED = 'venue.changed';
const LATER_MS = 30_000;

/** What venues learn from other subjects. A message may come twice: rooms are given to those that have none. */
export function venueReceivers(deps: Deps): Receivers {
  const settle = ({ payload }: Message) => receiveAppointment(deps, payload as { prisonId: string; startsAt: string });
  return {
    ...Object.fromEntries(TOPICS.map((topic) => [`appointment.${topic}`, settle])),
    [CHANGED]: async ({ payload }) => {
      await reassign({ ...deps, actor: SYSTEM_ACTOR }, (payload as { prisonId: string }).prisonId);
    },
  };
}

/** An appointment was approved, or gave up its room: what is of today or tomorrow gets its room now, the rest the evening before. */
export async function receiveAppointment(
  { db, clock }: Deps,
  { prisonId, startsAt }: { prisonId: string; startsAt: string },
): Promise<void> {
  const today = dayOf(clock.now());
  const day = dayOf(startsAt);
  if (day < today || day > addDays(today, 1)) return;
  await assignDay({ db, clock, actor: SYSTEM_ACTOR }, { prisonId, day, whenNeeded: true });
}

/** Notes, in the transaction of the change, that a prison's rooms or tablets are not what they were: should the process die, calls move later. */
export async function noteVenueChange(trx: Db, clock: Clock, { prisonId, id, version }: { prisonId: string; id: string; version: number }) {
  const message = { topic: CHANGED, key: `venue:${id}:${version}`, payload: { prisonId } };
  // Whoever made the change moves the calls himself right after it.
  await sendLater(trx as DbTransaction, message, toInstant(clock.now().getTime() + LATER_MS));
}
