import { type AppointmentKind, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, dayOf, newId, timeOf, toInstant, writeAudit } from '@qinqiao/server-kit';
import { submit } from '../approvals/index.ts';
import { type Bucket, chooseBucket, daysNeeded, readEntries, refuse, ruleFor } from '../quotas/index.ts';
import type { Reviewed, ReviewFacts } from '../reviews/index.ts';
import { ensureSlot, findSlot, givePlaceBack, type Holder, minutesOf, type Occurrence, takePlace, useHold } from '../slots/index.ts';
import { refusalOf, type Wish } from './admissible.ts';
import type { BookingDeps, Companion } from './deps.ts';
import { review } from './facts.ts';
import type { AppointmentTables } from './migrations.ts';
import { lockParties, type Parties } from './parties.ts';
import { isOpen, transition } from './state.ts';
import {
  type AppointmentRow,
  asRefusal,
  bookingRefused,
  lockAppointment,
  reasonColumns,
  release,
  reserve,
  storeChange,
  storeEvent,
  withRetries,
} from './store.ts';
import { endItsCall } from './endings.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();

export interface BookingRequest {
  slotId: string;
  /** The asker's hold on the slot. */
  holdId?: string | undefined;
  inmateId: string;
  familyId: string;
  companionIds: readonly string[];
}

/** Who books, and who keeps the hold. */
export interface Booker {
  actor: Actor;
  holder: Holder;
}

/** What was decided about a wish, and out of which bucket it is paid. */
interface Decided {
  bucket: Bucket;
  specialDay: string | null;
  reviewed: Reviewed & { facts: ReviewFacts };
}

/**
 * Books a slot: checks, quota, place, pre-review and, where an officer is to decide, the approval case, in one transaction. A pre-review
 * rule that refuses leaves a refused appointment that names it. Throws `booking_refused` naming why, `hold_expired`, `not_found`.
 */
export async function book(deps: BookingDeps, request: BookingRequest, booker: Booker): Promise<string> {
  const slot = await openSlot(deps.db, request.slotId);
  return withRetries(deps.db, async (trx) => {
    const wish = await readWish(deps, trx, { ...request, slot, instead: null });
    const decided = await decide(deps, trx, wish);
    return store(deps, trx, { request, wish, decided, booker });
  });
}

/**
 * Moves an appointment to another slot, or changes who comes along: everything is checked anew as if it were booked, and what was approved is
 * reviewed again. Throws as `book`, and `edit_conflict`, `wrong_state`.
 */
export async function changeAppointment(
  deps: BookingDeps,
  id: string,
  request: Pick<BookingRequest, 'slotId' | 'holdId' | 'companionIds'> & { version: number },
  booker: Booker,
): Promise<void> {
  const slot = await openSlot(deps.db, request.slotId);
  const found = await tables(deps.db).selectFrom('appointments').selectAll().where('id', '=', id).executeTakeFirst();
  if (!found) throw new QinqiaoError('not_found');
  const whom = { inmateId: found.inmate_id, familyId: found.family_id };
  await withRetries(deps.db, async (trx) => {
    const parties = await lockParties(trx, whom.inmateId, whom.familyId);
    const row = await lockAppointment(trx, id);
    if (row.version !== request.version) throw new QinqiaoError('edit_conflict');
    assertChangeable(row, slot, deps.clock.now());
    // What it holds now is free while the new wish is looked at; when that is refused all of this is undone.
    const at = toInstant(deps.clock.now());
    await release(trx, row, at);
    const wish = await readWish(deps, trx, { ...request, ...whom, slot, instead: id }, parties);
    const decided = await decide(deps, trx, wish);
    if (decided.reviewed.decision === 'refuse') throw refusedByRule(decided.reviewed);
    const move = transition(row.state, { type: 'changed', approved: decided.reviewed.decision === 'approve' });
    if (!move) throw new QinqiaoError('wrong_state');
    await changeSlot(trx, { row, slot, request, booker }, deps.clock.now());
    await endItsCall(trx, row, 'cancelled', { zh: '预约已改期', en: 'The appointment was moved' }, booker.actor, at);
    await storeMoved(deps, trx, { row, wish, decided, booker, next: move.next });
  });
}

async function storeMoved(
  deps: BookingDeps,
  trx: DbTransaction,
  {
    row,
    wish,
    decided,
    booker,
    next,
  }: { row: AppointmentRow; wish: Wish; decided: Decided; booker: Booker; next: AppointmentRow['state'] },
): Promise<void> {
  const at = toInstant(deps.clock.now());
  const moved = { ...row, ...columnsOf(wish, decided), revision: row.revision + 1, room_id: null, room_pinned: 0 as const, call_id: null };
  const caseId = next === 'pending' ? await apply(deps, trx, moved, wish, decided.reviewed, booker.actor) : null;
  const columns = { ...moved, state: caseId?.decided ? ('approved' as const) : next, case_id: caseId?.id ?? null, ...reasonColumns(null) };
  const { id: _, version: __, ...changed } = columns;
  const detail = { from: row.starts_at, to: moved.starts_at, rule: decided.reviewed.rule?.name ?? null, closeCase: row.case_id };
  const after = await storeChange(trx, row, changed, { kind: 'changed', at, actor: booker.actor, detail });
  await reserve(trx, after, at);
  await audit(trx, after, 'appointment.change', booker.actor, detail, at);
  if (after.state === 'approved') await storeChange(trx, after, {}, { kind: 'approved', at, actor: booker.actor, detail: {} });
}

/** The place of the new slot is taken, that of the old one given back; the slots are locked in the order of their ids. */
async function changeSlot(
  trx: DbTransaction,
  { row, slot, request, booker }: { row: AppointmentRow; slot: Occurrence; request: Pick<BookingRequest, 'holdId'>; booker: Booker },
  now: Date,
): Promise<void> {
  if (row.slot_id === slot.id) return;
  const old = row.slot_id;
  if (old !== null && old < slot.id) await givePlaceBack(trx, old);
  await place(trx, slot, request.holdId, booker.holder, now);
  if (old !== null && old > slot.id) await givePlaceBack(trx, old);
}

function assertChangeable(row: AppointmentRow, slot: Occurrence, now: Date): void {
  if (!isOpen(row.state) || row.state === 'underway' || row.slot_id === null) throw new QinqiaoError('wrong_state');
  if (Date.parse(row.starts_at) <= now.getTime()) throw new QinqiaoError('wrong_state', { fields: { slotId: 'in_the_past' } });
  if (slot.plan.content.kind !== row.kind || slot.plan.prisonId !== row.prison_id)
    throw new QinqiaoError('bad_request', { fields: { slotId: 'invalid' } });
}

/** The slot of an id, with its row. Throws `booking_refused` when it is not offered any more. */
export async function openSlot(db: Db, slotId: string): Promise<Occurrence> {
  const slot = await findSlot(db, slotId);
  if (!slot) throw bookingRefused(refuse('slot_gone'));
  await ensureSlot(db, slot);
  return slot;
}

interface WishRequest {
  slot: Occurrence;
  inmateId: string;
  familyId: string;
  companionIds: readonly string[];
  instead: string | null;
}

async function readWish(deps: BookingDeps, trx: Db, request: WishRequest, locked?: Parties): Promise<Wish> {
  const { slot, instead } = request;
  const parties = locked ?? (await lockParties(trx, request.inmateId, request.familyId));
  // A slot of another prison is none of this inmate's.
  if (parties.inmate.prison_id !== slot.plan.prisonId) throw bookingRefused(refuse('slot_gone'));
  const day = dayOf(slot.startsAt);
  const ids = [...new Set(request.companionIds)];
  const companions = ids.length === 0 ? [] : await deps.admission.findCompanions(trx, request.familyId, ids, day);
  if (companions.length !== ids.length) throw new QinqiaoError('bad_request', { fields: { companionIds: 'not_found' } });
  const rule = await ruleFor(trx, parties.inmate, day);
  return { kind: slot.plan.content.kind, slot, parties, rule, companions, instead };
}

/** Whether it may be had, out of which bucket, and who decides. Throws `booking_refused`. */
async function decide(deps: BookingDeps, trx: Db, wish: Wish): Promise<Decided> {
  const now = deps.clock.now();
  const refused = await refusalOf(trx, wish, now, deps.admission);
  if (refused) throw bookingRefused(refused);
  const day = dayOf(wish.slot.startsAt);
  const entries = await readEntries(trx, wish.parties.inmate.id, daysNeeded(day));
  const wanted = { kind: wish.kind, day, calls: 1, minutes: minutesOf(wish.slot) };
  const paid = chooseBucket(wish.rule, entries, wanted);
  if ('refusal' in paid) throw bookingRefused(paid);
  const { parties, kind, companions, instead } = wish;
  const facts = { kind, startsAt: wish.slot.startsAt, parties, companions, extra: paid.bucket === 'extra', instead };
  return { ...paid, reviewed: await review(trx, facts, now) };
}

const refusedByRule = ({ reason }: Reviewed) =>
  bookingRefused(refuse('rule_refused', { reason: reason ?? { zh: '不符合会见规定', en: 'Not according to the rules' } }));

const columnsOf = ({ slot, kind, parties, companions }: Wish, { bucket, specialDay, reviewed }: Decided) => ({
  relation: parties.relation ?? '',
  kind,
  slot_id: slot.id,
  starts_at: slot.startsAt,
  ends_at: slot.endsAt,
  companions: JSON.stringify(companions.map(({ id, name, relation, minor }) => ({ id, name, relation, minor }))),
  bucket,
  special_day: specialDay,
  rule_name: reviewed.rule?.name ?? null,
});

interface Booking {
  request: BookingRequest;
  wish: Wish;
  decided: Decided;
  booker: Booker;
}

async function store(deps: BookingDeps, trx: DbTransaction, { request, wish, decided, booker }: Booking): Promise<string> {
  const now = deps.clock.now();
  const at = toInstant(now);
  const { actor } = booker;
  const { reviewed } = decided;
  const refused = reviewed.decision === 'refuse';
  if (!refused) await place(trx, wish.slot, request.holdId, booker.holder, now);
  const row: AppointmentRow = {
    id: newId(),
    prison_id: wish.parties.inmate.prison_id,
    inmate_id: request.inmateId,
    family_id: request.familyId,
    ...columnsOf(wish, decided),
    state: refused ? 'refused' : reviewed.decision === 'approve' ? 'approved' : 'pending',
    ...reasonColumns(reviewed.reason),
    room_id: null,
    room_pinned: 0,
    call_id: null,
    case_id: null,
    booked_by_role: actor.role,
    booked_by_id: actor.id,
    booked_by_name: actor.name,
    booked_at: at,
    revision: 0,
    external_ref: null,
    version: 0,
  };
  const opened = row.state === 'pending' ? await apply(deps, trx, row, wish, reviewed, actor) : null;
  const kept = { ...row, case_id: opened?.id ?? null, state: opened?.decided ? ('approved' as const) : row.state };
  await tables(trx).insertInto('appointments').values(kept).execute();
  if (!refused) await reserve(trx, kept, at);
  const detail = { rule: reviewed.rule?.name ?? null, decision: reviewed.decision, bucket: kept.bucket };
  await storeEvent(trx, kept, { kind: 'booked', at, actor, detail });
  await audit(trx, kept, 'appointment.book', actor, detail, at);
  const decidedNow = kept.state === 'approved' || kept.state === 'refused';
  if (decidedNow) await storeChange(trx, kept, {}, { kind: kept.state, at, actor, detail: { reason: reviewed.reason } });
  return kept.id;
}

async function place(trx: DbTransaction, slot: Occurrence, holdId: string | undefined, holder: Holder, now: Date): Promise<void> {
  if (holdId !== undefined) {
    if (!(await useHold(trx, holdId, slot.id, holder, now))) throw new QinqiaoError('hold_expired');
  } else if (!(await takePlace(trx, slot, now))) throw bookingRefused(refuse('slot_full'));
}

const TITLES: Record<AppointmentKind, string> = { video: '视频会见', visit: '现场会见' };

/** Submits the appointment to the prison's flow. Its subject carries the revision, so that what is decided about a former slot does not count. */
async function apply(
  { holders, clock }: BookingDeps,
  trx: DbTransaction,
  row: AppointmentRow,
  { parties, slot, kind, companions }: Wish,
  { facts }: Reviewed & { facts: ReviewFacts },
  actor: Actor,
): Promise<{ id: string; decided: boolean }> {
  const { inmate, family, relation } = parties;
  const when = `${dayOf(slot.startsAt)} ${timeOf(slot.startsAt)}–${timeOf(slot.endsAt)}`;
  const { involved, ...plain } = facts;
  const application = {
    prisonId: row.prison_id,
    type: kind === 'video' ? ('call' as const) : ('visit' as const),
    title: `${inmate.name} ${TITLES[kind]} ${when}`,
    subject: { kind: 'appointment', id: `${row.id}:${row.revision}` },
    inmateId: inmate.id,
    facts: { ...plain, involved: involved.join(','), minutes: minutesOf(slot) },
    snapshot: {
      罪犯: `${inmate.name}（${inmate.number}）`,
      家属: `${family.name}（${relation ?? ''}）`,
      类型: TITLES[kind],
      时间: when,
      随行人员: companions.map((one: Companion) => `${one.name}（${one.relation}${one.minor ? '，未成年' : ''}）`).join('、') || '无',
      本月已预约或已会见: facts.usedInMonth,
      额外通话: facts.extra ? '是' : '否',
      首次会见: facts.first ? '是' : '否',
    },
  };
  try {
    const { id, state } = await submit(trx, holders, application, actor, toInstant(clock.now()));
    return { id, decided: state === 'approved' };
  } catch (error) {
    throw asRefusal(error);
  }
}

/** What an officer does is audited; what families and inmates do stands in the appointment's own history. */
async function audit(trx: Db, row: AppointmentRow, action: string, actor: Actor, detail: object, at: string): Promise<void> {
  if (actor.role !== 'officer' && actor.role !== 'client') return;
  const { id, inmate_id, family_id, starts_at, state } = row;
  const what = { inmateId: inmate_id, familyId: family_id, startsAt: starts_at, state, ...detail };
  await writeAudit(trx, { at, actor, action, subject: { kind: 'appointment', id }, detail: what });
}
