import { z } from 'zod';
import { AppointmentKind, CalendarDayKind, CallRuleContent, ReviewDecision, ReviewRuleContent, SlotPlanContent } from '../appointments.ts';
import { Instant, Localised } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';
import { TreatmentLevel } from './people/index.ts';

const Id = z.string().min(1).max(32);
const ofPrison = z.object({ prisonId: Id });
const Reason = z.string().trim().min(1).max(200);

export const CallRuleView = z.object({
  prisonId: z.string(),
  level: TreatmentLevel,
  content: CallRuleContent,
  /** Nobody has set it: what holds is the product's default. */
  isDefault: z.boolean(),
  updatedAt: Instant.nullable(),
  version: Version,
});
export type CallRuleView = z.infer<typeof CallRuleView>;

export const CallRuleExceptionView = z.object({
  id: z.string(),
  inmateId: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  content: CallRuleContent,
  reason: z.string(),
  from: Day,
  until: Day.nullable(),
  version: Version,
});
export type CallRuleExceptionView = z.infer<typeof CallRuleExceptionView>;
const ExceptionContent = z
  .object({ content: CallRuleContent, reason: Reason, from: Day, until: Day.nullable() })
  .refine(({ from, until }) => until === null || until >= from, { path: ['until'], message: 'date_order' });

export const SlotPlanView = z.object({ id: z.string(), prisonId: z.string(), content: SlotPlanContent, version: Version });
export type SlotPlanView = z.infer<typeof SlotPlanView>;
export const CalendarDayView = z.object({ day: Day, kind: CalendarDayKind, name: z.string(), prisonId: z.string().nullable() });
export type CalendarDayView = z.infer<typeof CalendarDayView>;
export const ReviewRuleView = z.object({ id: z.string(), prisonId: z.string(), content: ReviewRuleContent, version: Version });
export type ReviewRuleView = z.infer<typeof ReviewRuleView>;

/** Call rules, slots and pre-review: what decides whether somebody can book (V02.2, V07, V08). */
export const bookingRulesRest = {
  listCallRules: {
    method: 'get',
    path: '/api/call-rules',
    roles: OFFICER,
    permission: 'booking.read',
    query: ofPrison,
    response: z.object({ items: z.array(CallRuleView) }),
  },
  saveCallRule: {
    method: 'put',
    path: '/api/call-rules',
    roles: OFFICER,
    permission: 'callrule.edit',
    body: z.object({ prisonId: Id, level: TreatmentLevel, content: CallRuleContent, version: Version }),
    response: CallRuleView,
  },
  listCallRuleExceptions: {
    method: 'get',
    path: '/api/call-rule-exceptions',
    roles: OFFICER,
    permission: 'booking.read',
    query: Page.extend({ prisonId: Id.optional(), inmateId: Id.optional() }),
    response: list(CallRuleExceptionView),
  },
  addCallRuleException: {
    method: 'post',
    path: '/api/call-rule-exceptions',
    roles: OFFICER,
    permission: 'callrule.edit',
    idempotent: true,
    body: ExceptionContent.and(z.object({ inmateId: Id })),
    response: CallRuleExceptionView,
  },
  editCallRuleException: {
    method: 'put',
    path: '/api/call-rule-exceptions/:id',
    roles: OFFICER,
    permission: 'callrule.edit',
    params: IdParams,
    body: ExceptionContent.and(z.object({ version: Version })),
    response: CallRuleExceptionView,
  },
  removeCallRuleException: {
    method: 'delete',
    path: '/api/call-rule-exceptions/:id',
    roles: OFFICER,
    permission: 'callrule.edit',
    params: IdParams,
    response: Empty,
  },
  listSlotPlans: {
    method: 'get',
    path: '/api/slot-plans',
    roles: OFFICER,
    permission: 'booking.read',
    query: ofPrison,
    response: z.object({ items: z.array(SlotPlanView) }),
  },
  addSlotPlan: {
    method: 'post',
    path: '/api/slot-plans',
    roles: OFFICER,
    permission: 'slot.edit',
    idempotent: true,
    body: z.object({ prisonId: Id, content: SlotPlanContent }),
    response: SlotPlanView,
  },
  editSlotPlan: {
    method: 'put',
    path: '/api/slot-plans/:id',
    roles: OFFICER,
    permission: 'slot.edit',
    params: IdParams,
    body: z.object({ content: SlotPlanContent, version: Version }),
    response: SlotPlanView,
  },
  /** Booked appointments stay; nothing new can be booked in its slots. */
  removeSlotPlan: {
    method: 'delete',
    path: '/api/slot-plans/:id',
    roles: OFFICER,
    permission: 'slot.edit',
    params: IdParams,
    response: Empty,
  },
  listCalendarDays: {
    method: 'get',
    path: '/api/calendar-days',
    roles: OFFICER,
    permission: 'booking.read',
    query: z.object({ prisonId: Id, year: z.coerce.number().int().min(2000).max(2100) }),
    response: z.object({ items: z.array(CalendarDayView) }),
  },
  /** `prisonId` `all`: of every prison. Null as the kind takes the entry away; a prison's own stands before that of all. */
  saveCalendarDay: {
    method: 'put',
    path: '/api/calendar-days',
    roles: OFFICER,
    permission: 'slot.edit',
    body: z.object({ prisonId: Id, day: Day, kind: CalendarDayKind.nullable(), name: z.string().trim().max(40).default('') }),
    response: Empty,
  },
  /** In the order in which they are asked. */
  listReviewRules: {
    method: 'get',
    path: '/api/review-rules',
    roles: OFFICER,
    permission: 'booking.read',
    query: ofPrison,
    response: z.object({ items: z.array(ReviewRuleView) }),
  },
  addReviewRule: {
    method: 'post',
    path: '/api/review-rules',
    roles: OFFICER,
    permission: 'review.edit',
    idempotent: true,
    body: z.object({ prisonId: Id, content: ReviewRuleContent }),
    response: ReviewRuleView,
  },
  orderReviewRules: {
    method: 'put',
    path: '/api/review-rules/order',
    roles: OFFICER,
    permission: 'review.edit',
    body: z.object({ prisonId: Id, ids: z.array(Id).max(200) }),
    response: z.object({ items: z.array(ReviewRuleView) }),
  },
  editReviewRule: {
    method: 'put',
    path: '/api/review-rules/:id',
    roles: OFFICER,
    permission: 'review.edit',
    params: IdParams,
    body: z.object({ content: ReviewRuleContent, version: Version }),
    response: ReviewRuleView,
  },
  removeReviewRule: {
    method: 'delete',
    path: '/api/review-rules/:id',
    roles: OFFICER,
    permission: 'review.edit',
    params: IdParams,
    response: Empty,
  },
  /** What the table would decide for this inmate and family member now. */
  tryReview: {
    method: 'get',
    path: '/api/review-rules/try',
    roles: OFFICER,
    permission: 'booking.read',
    query: z.object({ inmateId: Id, familyId: Id, kind: AppointmentKind, day: Day }),
    response: z.object({ decision: ReviewDecision, rule: z.string().nullable(), reason: Localised.nullable() }),
  },
} as const satisfies Record<string, RestEndpoint>;
