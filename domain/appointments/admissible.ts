import type { AppointmentKind, CallRuleContent } from '@qinqiao/contracts';
import { addDays, type Db, dayOf, instantAt, timeOf, toInstant } from '@qinqiao/server-kit';
import { findActiveBlock } from '../people/index.ts';
import { type Refused, refuse } from '../quotas/index.ts';
import { hoursRefusal, type Occurrence, timeRefusal } from '../slots/index.ts';
import type { Admission, Companion } from './deps.ts';
import type { AppointmentTables } from './migrations.ts';
import type { Parties } from './parties.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();

/** What somebody wants to book, with all that decides about it. */
export interface Wish {
  kind: AppointmentKind;
  slot: Occurrence;
  parties: Parties;
  rule: CallRuleContent;
  companions: Companion[];
  /** The appointment that this takes the place of. */
  instead: string | null;
}

type Check = (db: Db, wish: Wish, now: Date, admission: Admission) => Refused | null | Promise<Refused | null>;

/** States in which an appointment takes its time. */
const TAKES_TIME = ['pending', 'approved', 'underway'] as const;
const MINUTE_MS = 60_000;
/** For so long after a call that broke through our fault it can be booked anew without notice. */
const REBOOK_MS = 24 * 3600_000;

/** In the order in which an applicant should hear of them. */
const CHECKS: readonly Check[] = [
  (_, { parties }) => (parties.family.state === 'active' ? null : refuse('account_disabled')),
  (_, { parties }) => (parties.relation === null ? refuse('not_related') : null),
  (_, { parties }) => (parties.inmate.state === 'in_custody' ? null : refuse('inmate_away')),
  blocked,
  notAllowed,
  unfitCompanions,
  async (db, wish, now) => timeRefusal(await withoutNotice(db, wish, now), now),
  (_, { rule, slot }) => hoursRefusal(rule, slot),
  overlapping,
  tooSoon,
];

/** The first reason why this cannot be booked, quota apart; null when there is none. */
export async function refusalOf(db: Db, wish: Wish, now: Date, admission: Admission): Promise<Refused | null> {
  for (const check of CHECKS) {
    const refused = await check(db, wish, now, admission);
    if (refused) return refused;
  }
  return null;
}

async function blocked(db: Db, { parties, slot }: Wish, now: Date): Promise<Refused | null> {
  const persons = [
    { kind: 'inmate', id: parties.inmate.id, refusal: 'inmate_blocked' },
    { kind: 'family', id: parties.family.id, refusal: 'family_blocked' },
  ] as const;
  for (const { kind, id, refusal } of persons) {
    for (const at of [toInstant(now), slot.startsAt]) {
      const block = await findActiveBlock(db, kind, id, at);
      if (block) return refuse(refusal, { until: untilText(block.until) });
    }
  }
  return null;
}

const untilText = (until: string | null) =>
  until === null ? { zh: '另行通知', en: 'further notice' } : `${dayOf(until)} ${timeOf(until)}`;

async function notAllowed(db: Db, { parties, slot, kind }: Wish, _: Date, admission: Admission): Promise<Refused | null> {
  const asked = { inmateId: parties.inmate.id, familyId: parties.family.id, kind, at: slot.startsAt };
  return (await admission.findAllowed(db, asked)) ? null : refuse('not_allowlisted');
}

function unfitCompanions(_: Db, { companions, rule }: Wish): Refused | null {
  if (companions.length > rule.companions) return refuse('too_many_companions', { limit: rule.companions });
  const unfit = companions.find(({ state }) => state !== 'approved');
  return unfit ? refuse('companion_blocked', { name: unfit.name }) : null;
}

/** A call that broke through our fault can be had again at once: the slot then asks for no notice. */
async function withoutNotice(db: Db, { slot, parties, kind }: Wish, now: Date): Promise<Occurrence> {
  const broken = await tables(db)
    .selectFrom('appointments')
    .select('id')
    .where('inmate_id', '=', parties.inmate.id)
    .where('family_id', '=', parties.family.id)
    .where('kind', '=', kind)
    .where('state', '=', 'broken')
    .where('starts_at', '>=', toInstant(now.getTime() - REBOOK_MS))
    .executeTakeFirst();
  if (!broken) return slot;
  const content = { ...slot.plan.content, noticeMinutes: 0 };
  return { ...slot, plan: { ...slot.plan, content } };
}

async function overlapping(db: Db, { parties, slot, instead }: Wish): Promise<Refused | null> {
  const others = (column: 'inmate_id' | 'family_id', id: string) => {
    const query = tables(db)
      .selectFrom('appointments')
      .select('id')
      .where(column, '=', id)
      .where('starts_at', '<', slot.endsAt)
      // None is longer than a day: the index is read from here.
      .where('starts_at', '>', toInstant(Date.parse(slot.startsAt) - 1440 * MINUTE_MS))
      .where('ends_at', '>', slot.startsAt)
      .where('state', 'in', TAKES_TIME);
    return (instead === null ? query : query.where('id', '!=', instead)).executeTakeFirst();
  };
  if (await others('inmate_id', parties.inmate.id)) return refuse('overlap_inmate');
  if (await others('family_id', parties.family.id)) return refuse('overlap_family');
  return null;
}

async function tooSoon(db: Db, { parties, slot, rule, kind, instead }: Wish): Promise<Refused | null> {
  const days = rule.intervalDays[kind];
  if (days === 0) return null;
  const day = dayOf(slot.startsAt);
  const query = tables(db)
    .selectFrom('appointments')
    .select('id')
    .where('inmate_id', '=', parties.inmate.id)
    .where('kind', '=', kind)
    .where('starts_at', '>=', instantAt(addDays(day, 1 - days), '00:00'))
    .where('starts_at', '<', instantAt(addDays(day, days), '00:00'))
    .where('state', 'in', [...TAKES_TIME, 'completed']);
  const near = await (instead === null ? query : query.where('id', '!=', instead)).executeTakeFirst();
  return near ? refuse('too_soon', { days }) : null;
}
