import {
  type BookingRefusal,
  type CallRuleContent,
  type Localised,
  type QuotaKind,
  type QuotaLimit,
  refusalText,
} from '@qinqiao/contracts';
import { type Days, monthOf, weekOf } from '@qinqiao/server-kit';
import type { Bucket, EntryType } from './migrations.ts';

/** What the balance is derived from. */
export interface Entry {
  kind: QuotaKind;
  bucket: Bucket;
  type: EntryType;
  day: string;
  calls: number;
  minutes: number;
}

export interface Amount {
  calls: number;
  minutes: number;
}

/** A call that is to be paid for out of the quota. */
export interface Wanted extends Amount {
  kind: QuotaKind;
  day: string;
}

/** Why something cannot be booked. */
export interface Refused {
  refusal: BookingRefusal;
  text: Localised;
}
export const refuse = (refusal: BookingRefusal, params: Parameters<typeof refusalText>[1] = {}): Refused => ({
  refusal,
  text: refusalText(refusal, params),
});

const NONE: Amount = { calls: 0, minutes: 0 };
const SIGN: Record<EntryType, 1 | -1> = { reserve: 1, release: -1, consume: 1, grant: 1 };

function sum(entries: readonly Entry[], of: (entry: Entry) => boolean): Amount {
  return entries.filter(of).reduce(
    (total, { type, calls, minutes }) => ({
      calls: total.calls + SIGN[type] * calls,
      minutes: total.minutes + SIGN[type] * minutes,
    }),
    NONE,
  );
}

const within = ({ from, to }: Days, day: string) => from <= day && day < to;

/** The local days over which a limit counts what falls on `day`. */
export const periodOf = ({ period }: Pick<QuotaLimit, 'period'>, day: string): Days => (period === 'week' ? weekOf(day) : monthOf(day));

/** The local days whose entries decide about a call on `day`. */
export function daysNeeded(day: string): Days {
  const [week, month] = [weekOf(day), monthOf(day)];
  return { from: week.from < month.from ? week.from : month.from, to: week.to > month.to ? week.to : month.to };
}

/** What of a limit was consumed and what is reserved in the period of `day`. */
export function usageOf(limit: QuotaLimit, entries: readonly Entry[], day: string): { used: Amount; reserved: Amount } {
  const days = periodOf(limit, day);
  const counts = (entry: Entry) => entry.bucket === 'ordinary' && limit.kinds.includes(entry.kind) && within(days, entry.day);
  return {
    used: sum(entries, (entry) => counts(entry) && entry.type === 'consume'),
    reserved: sum(entries, (entry) => counts(entry) && (entry.type === 'reserve' || entry.type === 'release')),
  };
}

/** What is left of the extra calls granted for the month of `day`. */
export function extraLeft(kind: QuotaKind, entries: readonly Entry[], day: string): Amount {
  const days = monthOf(day);
  const counts = (entry: Entry) => entry.bucket === 'extra' && entry.kind === kind && within(days, entry.day);
  const granted = sum(entries, (entry) => counts(entry) && entry.type === 'grant');
  const spent = sum(entries, (entry) => counts(entry) && entry.type !== 'grant');
  return { calls: granted.calls - spent.calls, minutes: granted.minutes - spent.minutes };
}

/** The special day that `day` is for this rule, or undefined. */
export const specialDayOf = (rule: CallRuleContent, day: string) =>
  rule.specialDays.find(({ date }) => date === day || date === day.slice(5));

const PERIODS: Record<QuotaLimit['period'], Localised> = { week: { zh: '本周', en: 'week' }, month: { zh: '本月', en: 'month' } };

/**
 * Out of which bucket a call is paid: a special day's own calls first, then the ordinary quota, then the month's extra calls. Refuses
 * when none holds enough; no balance can become negative by what this allows.
 */
export function chooseBucket(
  rule: CallRuleContent,
  entries: readonly Entry[],
  wanted: Wanted,
): { bucket: Bucket; specialDay: string | null } | Refused {
  const special = specialDayOf(rule, wanted.day);
  if (special) {
    const spent = sum(entries, ({ bucket, kind, day }) => bucket === 'special' && kind === wanted.kind && day === wanted.day);
    if (spent.calls + wanted.calls <= special.calls) return { bucket: 'special', specialDay: special.name };
  }
  const short = shortOf(rule, entries, wanted);
  if (!short) return { bucket: 'ordinary', specialDay: null };
  const left = extraLeft(wanted.kind, entries, wanted.day);
  if (left.calls >= wanted.calls && left.minutes >= wanted.minutes) return { bucket: 'extra', specialDay: null };
  return short;
}

/** The first limit that a call would overdraw. */
function shortOf(rule: CallRuleContent, entries: readonly Entry[], wanted: Wanted): Refused | null {
  for (const limit of rule.limits.filter(({ kinds }) => kinds.includes(wanted.kind))) {
    const { used, reserved } = usageOf(limit, entries, wanted.day);
    const period = PERIODS[limit.period];
    if (limit.calls !== null && used.calls + reserved.calls + wanted.calls > limit.calls)
      return refuse('calls_used_up', { period, allowed: limit.calls });
    if (limit.minutes !== null && used.minutes + reserved.minutes + wanted.minutes > limit.minutes)
      return refuse('minutes_used_up', { period, left: Math.max(0, limit.minutes - used.minutes - reserved.minutes) });
  }
  return null;
}
