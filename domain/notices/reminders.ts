import { QinqiaoError } from '@qinqiao/contracts';
import { toInstant } from '@qinqiao/server-kit';
import { type AppointmentDetail, findByCall, getAppointment, listStarting, type Starting } from '../appointments/index.ts';
import { listWaitingFor } from '../calls/index.ts';
import { readParameters } from '../settings/index.ts';
import { appointmentParams } from './appointment-params.ts';
import { isUrgent, type NoticeDeps } from './events.ts';
import { setMark, unmarked } from './marks.ts';
import { tell } from './write.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A reminder of the day before that could not be made in its time is made up for so long; who books later than that knows anyway. */
const CATCH_UP_MS = 2 * HOUR_MS;
const AT_ONCE = 200;

/** Reminds the families of visits that come, each once. Several processes may do so. Answers how many were reminded. */
export async function remind(deps: NoticeDeps): Promise<number> {
  const keys = ['notice.remindHours', 'notice.remindMinutes'] as const;
  const { 'notice.remindHours': hours, 'notice.remindMinutes': minutes } = await readParameters(deps.db, keys);
  const now = deps.clock.now().getTime();
  let reminded = 0;
  if (hours > 0) {
    const to = now + hours * HOUR_MS;
    // Booked within the last hours: that is fresh in mind.
    const wanted = ({ bookedAt }: Starting) => Date.parse(bookedAt) <= now - CATCH_UP_MS;
    reminded += await remindAll(deps, 'reminder_day', { from: Math.max(now, to - CATCH_UP_MS), to }, wanted);
  }
  if (minutes > 0) {
    const span = { from: now, to: now + minutes * MINUTE_MS };
    reminded += await remindAll(deps, 'reminder_soon', span, ({ roomId }) => roomId !== null);
  }
  return reminded;
}

async function remindAll(
  deps: NoticeDeps,
  event: 'reminder_day' | 'reminder_soon',
  span: { from: number; to: number },
  wanted: (one: Starting) => boolean,
): Promise<number> {
  const [from, to] = [toInstant(span.from), toInstant(span.to)];
  let reminded = 0;
  let after: Starting | null = null;
  for (;;) {
    const page: Starting[] = await listStarting(deps.db, { from, to, after, limit: AT_ONCE });
    const byMark = new Map(page.filter(wanted).map((one) => [`${event}:${one.id}:${one.revision}`, one]));
    for (const mark of await unmarked(deps.db, [...byMark.keys()])) {
      const one = byMark.get(mark);
      if (one && (await remindOne(deps, event, mark, one))) reminded++;
    }
    after = page.at(-1) ?? null;
    if (page.length < AT_ONCE) return reminded;
  }
}

async function remindOne(deps: NoticeDeps, event: 'reminder_day' | 'reminder_soon', mark: string, one: Starting): Promise<boolean> {
  const row = await orUndefined(getAppointment(deps.db, one.id));
  if (row?.state !== 'approved' || row.starts_at !== one.startsAt) return false;
  return tellOnce(deps, { event, mark, row, usefulUntil: row.starts_at });
}

/** The family is told at most once that the other side waits: from ten minutes before the start until five after it. */
const BEFORE_MS = 10 * MINUTE_MS;
const AFTER_MS = 5 * MINUTE_MS;
const PATIENCE_MS = MINUTE_MS;

/** Tells families who are missing that the other side has waited for a minute. Answers how many were told. */
export async function tellWaiting(deps: NoticeDeps): Promise<number> {
  const now = deps.clock.now().getTime();
  const waiting = await listWaitingFor(deps.db, 'family', { from: toInstant(now - AFTER_MS), to: toInstant(now + BEFORE_MS) });
  const long = waiting.filter(({ since }) => now - Date.parse(since) > PATIENCE_MS);
  const byMark = new Map(long.map((one) => [`other_waiting:${one.callId}`, one]));
  let told = 0;
  for (const mark of await unmarked(deps.db, [...byMark.keys()])) {
    const one = byMark.get(mark);
    // A call that was arranged by hand has no appointment; its families know the officer.
    const id = one && (await findByCall(deps.db, one.callId))?.id;
    const row = id === undefined ? undefined : await orUndefined(getAppointment(deps.db, id));
    if (!one || !row) continue;
    const usefulUntil = toInstant(Date.parse(one.startsAt) + 2 * AFTER_MS);
    if (await tellOnce(deps, { event: 'other_waiting', mark, row, usefulUntil })) told++;
  }
  return told;
}

interface Once {
  event: 'reminder_day' | 'reminder_soon' | 'other_waiting';
  mark: string;
  row: AppointmentDetail;
  usefulUntil: string;
}

async function tellOnce(deps: NoticeDeps, { event, mark, row, usefulUntil }: Once): Promise<boolean> {
  const now = deps.clock.now();
  const whose = { familyId: row.family_id, prisonId: row.prison_id, inmateId: row.inmate_id, appointmentId: row.id };
  const urgent = isUrgent(event, row.starts_at, now);
  const added = await tell(deps, { event, key: mark, ...whose, params: appointmentParams(row), urgent, usefulUntil }, now);
  await setMark(deps.db, mark, toInstant(now));
  return added > 0;
}

async function orUndefined<Found>(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'not_found') return undefined;
    throw error;
  }
}
