import { z } from 'zod';
import { Instant, Localised } from './ids.ts';
import { Day } from './person-fields.ts';
import { Involvement, TreatmentLevel } from './rest/people/index.ts';

/** What is booked: a video call, or a visit on site. */
export const AppointmentKind = z.enum(['video', 'visit']);
export type AppointmentKind = z.infer<typeof AppointmentKind>;
/** What is counted: the kinds that are booked, and the family phone (亲情电话). */
export const QuotaKind = z.enum(['video', 'phone', 'visit']);
export type QuotaKind = z.infer<typeof QuotaKind>;

/**
 * pending: waits for approval · approved · underway: the call is open · completed · refused · cancelled: by somebody · expired: its time
 * came before it was approved · stopped: a block or a changed rule ended it · missed: a party did not come · broken: our fault, costs nothing
 */
export const APPOINTMENT_STATES = [
  'pending',
  'approved',
  'underway',
  'completed',
  'refused',
  'cancelled',
  'expired',
  'stopped',
  'missed',
  'broken',
] as const;
export const AppointmentState = z.enum(APPOINTMENT_STATES);
export type AppointmentState = z.infer<typeof AppointmentState>;

/** A local time of the prison, 08:30. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** A day of each year (02-29) or of one year. */
export const SpecialDate = z.string().regex(/^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/);

/** So many calls and minutes in a period, of all these kinds together: kinds in one limit share it. Null: not limited. */
export const QuotaLimit = z.object({
  kinds: z
    .array(QuotaKind)
    .min(1)
    .max(3)
    .refine((kinds) => new Set(kinds).size === kinds.length, 'duplicate'),
  /** A week begins on Monday. */
  period: z.enum(['week', 'month']),
  calls: z.number().int().min(0).max(1000).nullable(),
  minutes: z.number().int().min(0).max(100_000).nullable(),
});
export type QuotaLimit = z.infer<typeof QuotaLimit>;

const perKind = <Schema extends z.ZodType>(schema: Schema) => z.object({ video: schema, phone: schema, visit: schema });

/** What an inmate of a treatment level may have (V02.2). */
export const CallRuleContent = z
  .object({
    limits: z.array(QuotaLimit).max(10),
    /** Days between two of a kind; 0: none. */
    intervalDays: perKind(z.number().int().min(0).max(365)),
    /** Longest call of a kind, minutes. */
    longestMinutes: perKind(z.number().int().min(1).max(240)),
    /** Hours in which calls may lie, as local times; empty: whenever there is a slot. */
    hours: z.array(z.object({ from: TimeOfDay, to: TimeOfDay })).max(6),
    /** On these days this many calls are free of the quota (special-day call, 特殊通话日). */
    specialDays: z
      .array(z.object({ date: SpecialDate, name: z.string().trim().min(1).max(32), calls: z.number().int().min(1).max(10) }))
      .max(60),
    /** A call that broke through our fault before so many minutes costs nothing. */
    brokenUnderMinutes: z.number().int().min(0).max(60),
    /** Persons who may come along with the family member who books. */
    companions: z.number().int().min(0).max(10),
  })
  .superRefine((rule, context) => {
    for (const [index, { from, to }] of rule.hours.entries())
      if (to <= from) context.addIssue({ code: 'custom', path: ['hours', index, 'to'], message: 'date_order' });
  });
export type CallRuleContent = z.infer<typeof CallRuleContent>;

/** What holds where a prison has set nothing: two video calls of twenty minutes and five phone calls a month, sharing 120 minutes. */
export const DEFAULT_CALL_RULE: CallRuleContent = {
  limits: [
    { kinds: ['video'], period: 'month', calls: 2, minutes: 60 },
    { kinds: ['phone'], period: 'month', calls: 5, minutes: 60 },
    { kinds: ['visit'], period: 'month', calls: 1, minutes: null },
    { kinds: ['video', 'phone'], period: 'month', calls: null, minutes: 120 },
  ],
  intervalDays: { video: 0, phone: 0, visit: 0 },
  longestMinutes: { video: 30, phone: 15, visit: 60 },
  hours: [],
  specialDays: [],
  brokenUnderMinutes: 3,
  companions: 3,
};

/** On which days a plan offers its slots. */
export const SlotDays = z.discriminatedUnion('kind', [
  /** ISO days of the week, Monday 1 … Sunday 7. */
  z.object({ kind: z.literal('week'), days: z.array(z.number().int().min(1).max(7)).min(1).max(7) }),
  z.object({ kind: z.literal('month'), days: z.array(z.number().int().min(1).max(31)).min(1).max(31) }),
  z.object({ kind: z.literal('dates'), dates: z.array(Day).min(1).max(400) }),
]);
export type SlotDays = z.infer<typeof SlotDays>;

/** When a prison can be booked (V07). */
export const SlotPlanContent = z
  .object({
    name: z.string().trim().min(1).max(40),
    kind: AppointmentKind,
    days: SlotDays,
    /** Each of them is a slot on each of the days. */
    times: z
      .array(z.object({ from: TimeOfDay, to: TimeOfDay }))
      .min(1)
      .max(60),
    /** Appointments in one slot. */
    capacity: z.number().int().min(1).max(1000),
    validFrom: Day,
    validUntil: Day.nullable(),
    /** Whether the slots are offered on days that the calendar calls holidays. */
    onHolidays: z.boolean(),
    /** How far ahead it can be booked, days. */
    aheadDays: z.number().int().min(0).max(180),
    /** The shortest time between booking and the slot, minutes. */
    noticeMinutes: z.number().int().min(0).max(43_200),
    enabled: z.boolean(),
  })
  .superRefine((plan, context) => {
    if (plan.validUntil !== null && plan.validUntil < plan.validFrom)
      context.addIssue({ code: 'custom', path: ['validUntil'], message: 'date_order' });
    const times = plan.times.map((time, index) => ({ ...time, index })).toSorted((a, b) => a.from.localeCompare(b.from));
    for (const [at, { from, to, index }] of times.entries()) {
      if (to <= from) context.addIssue({ code: 'custom', path: ['times', index, 'to'], message: 'date_order' });
      if (from < (times[at - 1]?.to ?? '')) context.addIssue({ code: 'custom', path: ['times', index, 'from'], message: 'times_overlap' });
    }
  });
export type SlotPlanContent = z.infer<typeof SlotPlanContent>;

/** A day that is not as its weekday says: holidays, and working days that make up for them. Of one prison, or of all (null). */
export const CalendarDayKind = z.enum(['holiday', 'workday', 'closed']);
export type CalendarDayKind = z.infer<typeof CalendarDayKind>;

export const SlotState = z.enum(['free', 'full', 'too_late', 'too_early', 'outside_hours', 'yours']);
export type SlotState = z.infer<typeof SlotState>;

/** One slot of one day. */
export const SlotView = z.object({
  /** Of the plan and the instant at which it begins. */
  id: z.string(),
  kind: AppointmentKind,
  startsAt: Instant,
  endsAt: Instant,
  capacity: z.number().int(),
  free: z.number().int(),
  state: SlotState,
});
export type SlotView = z.infer<typeof SlotView>;

/** What a pre-review rule asks about; what is left out is not asked (V08). */
export const ReviewConditions = z.object({
  levels: z.array(TreatmentLevel).max(4).optional(),
  keyControl: z.boolean().optional(),
  /** Any of these. */
  involved: z.array(Involvement).max(6).optional(),
  relations: z.array(z.string().trim().min(1).max(32)).max(30).optional(),
  /** At least so many of this kind held or booked in the same month, this one not counted. */
  usedInMonth: z.number().int().min(0).max(100).optional(),
  /** Missed at least so often within the last 90 days. */
  missed: z.number().int().min(1).max(100).optional(),
  /** Never had one of this kind with this family member. */
  first: z.boolean().optional(),
  companions: z.number().int().min(1).max(10).optional(),
  minors: z.boolean().optional(),
  extra: z.boolean().optional(),
});
export type ReviewConditions = z.infer<typeof ReviewConditions>;

/** officer: it goes through the prison's approval flow. */
export const ReviewDecision = z.enum(['approve', 'refuse', 'officer']);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

export const ReviewRuleContent = z
  .object({
    name: z.string().trim().min(1).max(40),
    /** Empty: every kind. */
    kinds: z.array(AppointmentKind).max(2),
    conditions: ReviewConditions,
    decision: ReviewDecision,
    /** What the applicant is told when it is refused. */
    reason: Localised.extend({ zh: z.string().trim().max(200), en: z.string().trim().max(200) }),
    enabled: z.boolean(),
  })
  .refine((rule) => rule.decision !== 'refuse' || rule.reason.zh !== '', { path: ['reason'], message: 'required' });
export type ReviewRuleContent = z.infer<typeof ReviewRuleContent>;

/** Why something cannot be booked, in the applicant's words. */
export const BOOKING_REFUSALS = {
  inmate_blocked: { zh: '该罪犯目前被限制会见，至{until}', en: 'This inmate may not have visits until {until}' },
  family_blocked: { zh: '您目前被限制会见，至{until}', en: 'You may not have visits until {until}' },
  companion_blocked: { zh: '随行人员{name}目前被限制会见', en: 'The accompanying person {name} may not have visits' },
  not_allowlisted: {
    zh: '您不在该罪犯的会见白名单内或已过有效期，请先申请',
    en: 'You are not on this inmate’s allowlist, or it has run out; apply for it first',
  },
  not_related: { zh: '您未与该罪犯建立亲属关系，请先申请关联', en: 'You are not linked with this inmate; apply for it first' },
  inmate_away: { zh: '该罪犯目前不在押，不能会见', en: 'This inmate is not in custody at present' },
  account_disabled: { zh: '您的账号已停用，请联系监狱', en: 'Your account is disabled; ask the prison' },
  slot_full: { zh: '该时段已约满，请选择其他时段', en: 'This slot is full; choose another one' },
  slot_gone: { zh: '该时段已不开放，请重新选择', en: 'This slot is no longer offered; choose another one' },
  slot_too_late: { zh: '离该时段太近，须至少提前{notice}预约', en: 'It is too late for this slot; book at least {notice} ahead' },
  slot_too_early: { zh: '该时段尚未开放，最多可提前{days}天预约', en: 'This slot is not open yet; one can book {days} days ahead' },
  outside_hours: { zh: '该时段不在允许的通话时间内', en: 'This slot lies outside the hours in which calls are allowed' },
  too_long: { zh: '该时段超过允许的最长时间{minutes}分钟', en: 'This slot is longer than the {minutes} minutes allowed' },
  too_soon: { zh: '两次会见须间隔{days}天以上', en: 'There must be {days} days between two of these' },
  calls_used_up: {
    zh: '{period}次数已用完（共{allowed}次），可申请额外通话',
    en: 'The {allowed} of this {period} are used up; an extra call can be applied for',
  },
  minutes_used_up: {
    zh: '{period}时长不足（剩余{left}分钟），可申请额外通话',
    en: 'Only {left} minutes of this {period} are left; an extra call can be applied for',
  },
  overlap_inmate: { zh: '该罪犯在此时段已有其他会见', en: 'The inmate has another visit at that time' },
  overlap_family: { zh: '您在此时段已有其他会见', en: 'You have another visit at that time' },
  too_many_companions: { zh: '随行人员最多{limit}人', en: 'At most {limit} persons may come along' },
  rule_refused: { zh: '{reason}', en: '{reason}' },
  flow_missing: {
    zh: '该监狱尚未设置审批流程，暂不能预约，请联系监狱',
    en: 'This prison has no approval flow yet, so nothing can be booked; ask the prison',
  },
  approver_missing: {
    zh: '没有可以审批的民警（本人不能审批自己的申请），请联系业务管理员',
    en: 'No officer can decide it (nobody decides his own application); ask the business administrator',
  },
  duplicate_hold: { zh: '您同时保留的时段过多，请先完成或放弃', en: 'You are keeping too many slots at once; finish or give up one' },
} as const satisfies Record<string, Localised>;
export type BookingRefusal = keyof typeof BOOKING_REFUSALS;

/** The refusal's text with its parameters filled in. */
export function refusalText(refusal: BookingRefusal, params: Record<string, string | number | Localised> = {}): Localised {
  const fill = (language: 'zh' | 'en') =>
    BOOKING_REFUSALS[refusal][language].replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      return value === undefined ? whole : typeof value === 'object' ? value[language] : String(value);
    });
  return { zh: fill('zh'), en: fill('en') };
}
