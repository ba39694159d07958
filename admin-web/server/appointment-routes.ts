import { Readable } from 'node:stream';
import { type AppointmentView, QinqiaoError } from '@qinqiao/contracts';
import { roleHolders } from '@qinqiao/domain/access';
import {
  applyExtraCall,
  type AppointmentDetail,
  book,
  type Booker,
  type BookingDeps,
  cancelAppointment,
  changeAppointment,
  exportPackage,
  findAdmission,
  getAppointment,
  getExtraCall,
  importPackage,
  keepSlot,
  listAppointmentEvents,
  listAppointments,
  listExtraCalls,
  possible,
  quotaOf,
  relationOf,
  slotsFor,
  toAppointmentView,
} from '@qinqiao/domain/appointments';
import { findInmate } from '@qinqiao/domain/people';
import { releaseHold } from '@qinqiao/domain/slots';
import { dayOf, toInstant, writeAudit } from '@qinqiao/server-kit';
import { actorOf, officerActor, requireLogin } from './access.ts';
import { appointmentWorkbook } from './appointment-workbook.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { type FileAnswer, XLSX } from './files.ts';
import type { RestHandlers } from './router.ts';

type SlotRoutes = 'listSlots' | 'holdSlot' | 'releaseHold' | 'getQuota';
type BookingRoutes = 'book' | 'changeAppointment' | 'cancelAppointment' | 'getAppointment' | 'listMyAppointments';
type OfficerRoutes = 'listAppointments' | 'listAppointmentEvents' | 'exportAppointments' | 'exportPackage' | 'importPackage';
type ExtraRoutes = 'applyExtraCall' | 'listExtraCalls';
type Asking = Pick<RequestContext, 'db' | 'who' | 'officer'>;

/** Slots, bookings and quotas, for families, inmates and officers. */
export function appointmentRoutes(deps: ServerDeps): Pick<RestHandlers, SlotRoutes | BookingRoutes | OfficerRoutes | ExtraRoutes> {
  const { db, clock } = deps;
  // Whom the asker may name is looked at first; what follows from a booking concerns the whole store.
  const booking: BookingDeps = { db, clock, holders: roleHolders, admission: findAdmission };
  return { ...slotRoutes(booking), ...bookingRoutes(booking), ...officerRoutes(booking, deps), ...extraRoutes(booking) };
}

/** Throws `forbidden` for an officer without this right. */
function requireRight({ officer }: Asking, permission: 'booking.read' | 'booking.edit' | 'quota.adjust'): void {
  if (officer && !officer.permissions.has(permission)) throw new QinqiaoError('forbidden', { detail: permission });
}

/** An inmate whom the asker may ask about: himself, a relative, one of the officer's data scope. Throws `not_found`. */
async function assertKnown(asking: Asking, inmateId: string): Promise<void> {
  const who = requireLogin(asking.who);
  const known =
    who.role === 'inmate'
      ? who.subjectId === inmateId
      : who.role === 'family'
        ? (await relationOf(asking.db, inmateId, who.subjectId)) !== null
        : (await findInmate(asking.db, inmateId)) !== undefined;
  if (!known) throw new QinqiaoError('not_found');
}

async function bookerOf(asking: Asking): Promise<Booker> {
  const who = requireLogin(asking.who);
  const actor = asking.officer ? officerActor(asking) : await actorOf(asking.db, who);
  return { actor, holder: { role: who.role, id: who.subjectId } };
}

/** Throws `forbidden` for inmates: an officer books with them. */
function requireBooker(asking: Asking): void {
  if (requireLogin(asking.who).role === 'inmate') throw new QinqiaoError('forbidden');
  requireRight(asking, 'booking.edit');
}

/** The appointment, when it is the asker's own or within his data scope. Throws `not_found`. */
async function ownAppointment(asking: Asking, id: string): Promise<AppointmentDetail> {
  const who = requireLogin(asking.who);
  requireRight(asking, 'booking.read');
  const row = await getAppointment(asking.db, id);
  if (who.role === 'family' && row.family_id !== who.subjectId) throw new QinqiaoError('not_found');
  if (who.role === 'inmate' && row.inmate_id !== who.subjectId) throw new QinqiaoError('not_found');
  return row;
}

const viewFor = ({ who, officer }: Asking, row: AppointmentDetail, now: Date): AppointmentView =>
  toAppointmentView(row, possible(row, now, officer ? officer.permissions.has('booking.edit') : who?.role === 'family'));

function slotRoutes({ db: store, clock }: BookingDeps): Pick<RestHandlers, SlotRoutes> {
  return {
    listSlots: async (request) => {
      await assertKnown(request, request.query.inmateId);
      const { holder } = await bookerOf(request);
      return { items: await slotsFor(store, { ...request.query, holder }, clock.now()) };
    },
    holdSlot: async (request) => {
      requireBooker(request);
      await assertKnown(request, request.body.inmateId);
      const { holder } = await bookerOf(request);
      return keepSlot({ db: store, clock }, { ...request.body, holder });
    },
    releaseHold: async (request) => {
      const { holder } = await bookerOf(request);
      await store.transaction().execute((trx) => releaseHold(trx, request.params.id, holder));
      return {};
    },
    getQuota: async (request) => {
      requireRight(request, 'booking.read');
      await assertKnown(request, request.query.inmateId);
      return quotaOf(store, request.query.inmateId, request.query.day ?? dayOf(clock.now()));
    },
  };
}

function bookingRoutes(booking: BookingDeps): Pick<RestHandlers, BookingRoutes> {
  const { clock } = booking;
  const shown = async (request: Asking, id: string) => viewFor(request, await getAppointment(request.db, id), clock.now());
  return {
    book: async (request) => {
      requireBooker(request);
      await assertKnown(request, request.body.inmateId);
      const who = requireLogin(request.who);
      const familyId = who.role === 'family' ? who.subjectId : request.body.familyId;
      if (familyId === undefined) throw new QinqiaoError('bad_request', { fields: { familyId: 'required' } });
      const id = await book(booking, { ...request.body, familyId }, await bookerOf(request));
      return shown(request, id);
    },
    changeAppointment: async (request) => {
      requireBooker(request);
      const { id } = await ownAppointment(request, request.params.id);
      await changeAppointment(booking, id, request.body, await bookerOf(request));
      return shown(request, id);
    },
    cancelAppointment: async (request) => {
      requireBooker(request);
      const { id } = await ownAppointment(request, request.params.id);
      await cancelAppointment(booking, id, request.body, (await bookerOf(request)).actor);
      return shown(request, id);
    },
    getAppointment: async (request) => viewFor(request, await ownAppointment(request, request.params.id), clock.now()),
    listMyAppointments: async (request) => {
      const { who, query } = request;
      const { role, subjectId } = requireLogin(who);
      const own =
        role === 'inmate' ? { inmateId: subjectId } : { familyId: subjectId, ...(query.inmateId ? { inmateId: query.inmateId } : {}) };
      const past = query.past ?? false;
      const page = await listAppointments(request.db, {
        ...own,
        past,
        order: past ? 'desc' : 'asc',
        cursor: query.cursor,
        limit: query.limit,
      });
      return { items: page.items.map((row) => viewFor(request, row, clock.now())), next: page.next };
    },
  };
}

function officerRoutes(booking: BookingDeps, { crypto }: ServerDeps): Pick<RestHandlers, OfficerRoutes> {
  const { db: store, clock } = booking;
  const auditExport = (request: Asking, action: string, detail: object) =>
    writeAudit(store, {
      at: toInstant(clock.now()),
      actor: officerActor(request),
      action,
      subject: { kind: 'appointment', id: '' },
      detail: { ...detail },
    });
  return {
    listAppointments: async (request) => {
      const page = await listAppointments(request.db, request.query);
      return { items: page.items.map((row) => viewFor(request, row, clock.now())), next: page.next };
    },
    listAppointmentEvents: async (request) => {
      const { id } = await ownAppointment(request, request.params.id);
      return { items: await listAppointmentEvents(request.db, id) };
    },
    exportAppointments: async (request): Promise<FileAnswer> => {
      await auditExport(request, 'appointment.export', request.body);
      return {
        name: `预约-${dayOf(clock.now())}.xlsx`,
        type: XLSX,
        content: appointmentWorkbook(request.db, request.body),
      };
    },
    exportPackage: async (request): Promise<FileAnswer> => {
      const made = await exportPackage({ db: request.db, now: clock.now() }, request.body);
      await auditExport(request, 'appointment.package', { ...request.body, rows: made.rows });
      return { name: made.name, type: 'application/x-ndjson', content: Readable.from([made.content]) };
    },
    importPackage: async (request) => {
      const { prisonId } = request.query;
      if (!seesPrison(request, prisonId)) throw new QinqiaoError('out_of_scope');
      const text = await readAll(request.stream);
      return importPackage({ ...booking, crypto, actor: officerActor(request), prisonId }, text);
    },
  };
}

const seesPrison = ({ officer }: Asking, prisonId: string): boolean =>
  officer !== null && (officer.seen.all || officer.seen.prisons.includes(prisonId));

/** A package of the most rows fits well into this. */
const MOST_BYTES = 32 * 1024 * 1024;

async function readAll(stream: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) throw new QinqiaoError('transfer_too_large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

function extraRoutes(booking: BookingDeps): Pick<RestHandlers, ExtraRoutes> {
  return {
    applyExtraCall: async (request) => {
      requireRight(request, 'quota.adjust');
      await assertKnown(request, request.body.inmateId);
      const { actor } = await bookerOf(request);
      return getExtraCall(request.db, await applyExtraCall(booking, request.body, actor));
    },
    listExtraCalls: async (request) => {
      const { who, query } = request;
      const { role, subjectId } = requireLogin(who);
      requireRight(request, 'booking.read');
      // An inmate sees what was applied for him; a family member only what he applied for himself.
      const own = role === 'inmate' ? { inmateId: subjectId } : role === 'family' ? { appliedBy: { role, id: subjectId } } : {};
      return listExtraCalls(request.db, { ...query, ...own });
    },
  };
}
