import { Localised, type NoticeEvent, QinqiaoError, QuotaKind } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, dayOf, timeOf } from '@qinqiao/server-kit';
import { z } from 'zod';
import { type AppointmentDetail, getAppointment, getExtraCall } from '../appointments/index.ts';
import type { Message, Receiver, Receivers } from '../outbox/index.ts';
import { prisonOfFamily } from '../people/index.ts';
import { appointmentParams, KIND_NAMES, same } from './appointment-params.ts';
import { tell } from './write.ts';

export interface NoticeDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
}

const AppointmentMessage = z.object({
  id: z.string(),
  familyId: z.string(),
  state: z.string(),
  startsAt: z.string(),
  by: z.string(),
  /** Of a move: the former start. Of a room: the former room, null when it had none. */
  from: z.string().nullish(),
  reason: Localised.nullish(),
});
type AppointmentMessage = z.infer<typeof AppointmentMessage>;

type Chooser = (said: AppointmentMessage & { version: number }, row: AppointmentDetail) => NoticeEvent | null;

/** Which notice comes of what happened to an appointment; null: none, as another message tells the same. */
const CHOICES: Record<string, Chooser> = {
  booked: ({ state, by }) => (state !== 'pending' ? null : by === 'family' ? 'booked' : 'booked_for_you'),
  // Approved at once by a rule carries who booked or moved it; a move is told as such.
  approved: ({ by, version }) => (by === 'system' || by === 'family' ? 'approved' : version === 1 ? 'booked_for_you' : null),
  imported: ({ state }) => (state === 'approved' ? 'booked_for_you' : null),
  refused: () => 'refused',
  // A family that moved its appointment and has it approved at once is told that it is approved.
  changed: ({ state, by }) => (by === 'family' && state === 'approved' ? null : 'changed'),
  // Who cancelled it himself knows.
  cancelled: ({ by }) => (by === 'family' ? null : 'cancelled'),
  stopped: () => 'stopped',
  expired: () => 'expired',
  // The room of a video call is of no concern to a family, only that there is one.
  placed: ({ from }, { kind, call_id }) => (kind === 'visit' || (!from && call_id !== null) ? 'placed' : null),
  missed: () => 'missed',
  broken: () => 'broken',
};

const BAD_NEWS: ReadonlySet<NoticeEvent> = new Set(['cancelled', 'stopped', 'changed', 'expired', 'refused']);
/** What is taken from somebody who may be about to set out does not wait for the morning. */
const SOON_MS = 12 * 3600_000;

/** Whether it is told in quiet hours too. */
export function isUrgent(event: NoticeEvent, startsAt: string, now: Date): boolean {
  if (event === 'reminder_soon' || event === 'other_waiting') return true;
  const left = Date.parse(startsAt) - now.getTime();
  return BAD_NEWS.has(event) && left > 0 && left <= SOON_MS;
}

/** What families are told of what happens elsewhere. */
export function noticeReceivers(deps: NoticeDeps): Receivers {
  const appointments = Object.entries(CHOICES).map(([kind, choose]): [string, Receiver] => [
    `appointment.${kind}`,
    (message) => tellOfAppointment(deps, message, choose),
  ]);
  return {
    ...Object.fromEntries(appointments),
    'extra_call.approved': (message) => tellOfExtraCall(deps, message, 'extra_approved'),
    'extra_call.refused': (message) => tellOfExtraCall(deps, message, 'extra_refused'),
    'message.added': (message) => tellOfMessage(deps, message),
  };
}

async function tellOfAppointment(deps: NoticeDeps, message: Message, choose: Chooser): Promise<void> {
  const said = AppointmentMessage.parse(message.payload);
  const row = await orNull(getAppointment(deps.db, said.id));
  // The key names the change: appointment:<id>:<version>.
  const event = row && choose({ ...said, version: Number(message.key.split(':')[2]) }, row);
  if (!row || !event) return;
  const now = deps.clock.now();
  const params = {
    ...appointmentParams(row, said.startsAt),
    ...(event === 'changed' && said.from ? { former: same(`${dayOf(said.from)} ${timeOf(said.from)}`) } : {}),
    ...(said.reason ? { reason: said.reason } : {}),
  };
  const whose = { familyId: said.familyId, prisonId: row.prison_id, inmateId: row.inmate_id, appointmentId: row.id };
  await tell(deps, { event, key: message.key, ...whose, params, urgent: isUrgent(event, said.startsAt, now), usefulUntil: null }, now);
}

const ExtraMessage = z.object({
  id: z.string(),
  inmateId: z.string(),
  kind: QuotaKind,
  calls: z.number(),
  minutes: z.number(),
  month: z.string(),
  applicant: z.object({ role: z.string(), id: z.string() }),
  reason: z.string(),
});

/** Only a family that applied is told: an officer's application is seen in the console, an inmate's on the tablet. */
async function tellOfExtraCall(deps: NoticeDeps, message: Message, event: NoticeEvent): Promise<void> {
  const said = ExtraMessage.parse(message.payload);
  if (said.applicant.role !== 'family') return;
  const found = await orNull(getExtraCall(deps.db, said.id));
  if (!found) return;
  const { kind, calls, minutes, month, reason } = said;
  const params = {
    inmate: same(found.inmateName),
    kind: KIND_NAMES[kind],
    month: same(month),
    calls: same(String(calls)),
    minutes: same(String(minutes)),
    reason: same(reason),
  };
  const whose = { familyId: said.applicant.id, inmateId: said.inmateId, appointmentId: null };
  const prisonId = await prisonOfFamily(deps.db, said.applicant.id);
  await tell(deps, { event, key: message.key, ...whose, prisonId, params, urgent: false, usefulUntil: null }, deps.clock.now());
}

const AddedMessage = z.object({ familyId: z.string(), kind: z.enum(['review', 'help']), title: Localised });

/** A message that another subject has put into the app is told of outside of it. */
async function tellOfMessage(deps: NoticeDeps, message: Message): Promise<void> {
  const { familyId, kind, title } = AddedMessage.parse(message.payload);
  const whose = { familyId, prisonId: await prisonOfFamily(deps.db, familyId), inmateId: null, appointmentId: null };
  await tell(deps, { event: kind, key: message.key, ...whose, params: { title }, urgent: false, usefulUntil: null }, deps.clock.now());
}

/** What has been deleted meanwhile is told to nobody. */
async function orNull<Found>(finding: Promise<Found>): Promise<Found | null> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'not_found') return null;
    throw error;
  }
}
