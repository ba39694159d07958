import type { CalendarDayKind, CallRuleContent, SlotPlanContent } from '@qinqiao/contracts';
import { addDays, dayOf, type Days, instantAt, isoWeekday, timeOf } from '@qinqiao/server-kit';
import { type Refused, refuse } from '../quotas/index.ts';

/** A plan with its id. */
export interface Plan {
  id: string;
  prisonId: string;
  content: SlotPlanContent;
}

/** One slot of one day, as its plan makes it. */
export interface Occurrence {
  /** Of the plan and the instant. */
  id: string;
  plan: Plan;
  day: string;
  startsAt: string;
  endsAt: string;
}

/** Days that are not as their weekday says. */
export type Calendar = ReadonlyMap<string, CalendarDayKind>;

const idOf = (plan: Plan, startsAt: string) => `${plan.id}@${startsAt.slice(0, 16)}Z`;

/** The plan's id and the slot's first instant, or undefined for what is no slot's id. */
export function partsOfSlotId(id: string): { planId: string; startsAt: string } | undefined {
  const [, planId, minute] = /^([\w-]{1,32})@(\d{4}-\d\d-\d\dT\d\d:\d\d)Z$/.exec(id) ?? [];
  return planId !== undefined && minute !== undefined ? { planId, startsAt: `${minute}:00.000Z` } : undefined;
}

/** Whether a plan offers its slots on a day. A holiday's slots are offered only by plans that say so, a closed day's by none. */
export function offers({ content }: Plan, day: string, calendar: Calendar): boolean {
  if (!content.enabled || day < content.validFrom || (content.validUntil !== null && day > content.validUntil)) return false;
  const special = calendar.get(day);
  if (special === 'closed' || (special === 'holiday' && !content.onHolidays)) return false;
  const { days } = content;
  if (days.kind === 'dates') return days.dates.includes(day);
  if (days.kind === 'month') return days.days.includes(Number(day.slice(8)));
  // A Saturday that makes up for a holiday is worked as Monday to Friday are.
  return days.days.includes(isoWeekday(day)) || (special === 'workday' && isoWeekday(day) > 5 && days.days.some((one) => one <= 5));
}

/** The slots of some days, in order of time. */
export function occurrences(plans: readonly Plan[], { from, to }: Days, calendar: Calendar): Occurrence[] {
  const found: Occurrence[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) {
    for (const plan of plans.filter((one) => offers(one, day, calendar))) {
      for (const time of plan.content.times) {
        const startsAt = instantAt(day, time.from);
        found.push({ id: idOf(plan, startsAt), plan, day, startsAt, endsAt: instantAt(day, time.to) });
      }
    }
  }
  return found.toSorted((a, b) => a.startsAt.localeCompare(b.startsAt) || a.id.localeCompare(b.id));
}

/** The slot that an id names, when its plan still makes it. */
export function occurrenceOf(plan: Plan, startsAt: string, calendar: Calendar): Occurrence | undefined {
  const day = dayOf(startsAt);
  return occurrences([plan], { from: day, to: addDays(day, 1) }, calendar).find((one) => one.startsAt === startsAt);
}

const notice = (minutes: number) =>
  minutes % 1440 === 0
    ? { zh: `${minutes / 1440}天`, en: `${minutes / 1440} days` }
    : minutes % 60 === 0
      ? { zh: `${minutes / 60}小时`, en: `${minutes / 60} hours` }
      : { zh: `${minutes}分钟`, en: `${minutes} minutes` };

/** Whether a slot can be booked now as far as its own plan goes. */
export function timeRefusal({ plan, startsAt, day }: Occurrence, now: Date): Refused | null {
  const { noticeMinutes, aheadDays } = plan.content;
  if (Date.parse(startsAt) - now.getTime() < Math.max(noticeMinutes, 0) * 60_000) {
    return noticeMinutes > 0 ? refuse('slot_too_late', { notice: notice(noticeMinutes) }) : refuse('slot_gone');
  }
  if (day > addDays(dayOf(now), aheadDays)) return refuse('slot_too_early', { days: aheadDays });
  return null;
}

/** Whether the inmate's rule allows a call at these instants. */
export function hoursRefusal(
  rule: CallRuleContent,
  { plan, startsAt, endsAt }: Pick<Occurrence, 'plan' | 'startsAt' | 'endsAt'>,
): Refused | null {
  const minutes = minutesOf({ startsAt, endsAt });
  const longest = rule.longestMinutes[plan.content.kind];
  if (minutes > longest) return refuse('too_long', { minutes: longest });
  const [from, to] = [timeOf(startsAt), timeOf(endsAt)];
  const fits = rule.hours.length === 0 || rule.hours.some((hours) => hours.from <= from && to <= hours.to);
  return fits ? null : refuse('outside_hours');
}

export const minutesOf = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }): number =>
  Math.round((Date.parse(endsAt) - Date.parse(startsAt)) / 60_000);
