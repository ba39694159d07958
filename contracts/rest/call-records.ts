import { z } from 'zod';
import { EndReason } from '../calls.ts';
import { Instant } from '../ids.ts';
import { Day } from '../person-fields.ts';
import { CallSummary } from './calls.ts';
import { Flag, list, OFFICER, Page, type RestEndpoint, SearchText } from './endpoint.ts';

const UnitId = z.string().min(1).max(32);

/** Out of which a call is paid: the quota, the month's extra calls, or those free on a special day. */
export const CallBucket = z.enum(['ordinary', 'extra', 'special']);
export type CallBucket = z.infer<typeof CallBucket>;

const Where = z.object({
  prisonId: UnitId.optional(),
  wardId: UnitId.optional(),
  /** Local days of the start, both inclusive. */
  from: Day.optional(),
  to: Day.optional(),
});

export const CallRecordFilter = Where.extend({
  inmateId: UnitId.optional(),
  familyId: UnitId.optional(),
  /** Inmate's number, or the beginning of the inmate's or family member's name or its pinyin initials. */
  text: SearchText.optional(),
  endReason: EndReason.optional(),
  /** Only those in which both were seen. */
  met: Flag.optional(),
});
export type CallRecordFilter = z.infer<typeof CallRecordFilter>;

/** A call that is over, with what became of it. */
export const CallRecordView = CallSummary.extend({
  prisonName: z.string(),
  bucket: CallBucket,
  specialDay: z.string().nullable(),
  talkedMs: z.number().int().nonnegative(),
  screenshots: z.number().int().nonnegative(),
  /** Picture warnings that were not judged wrong. */
  warnings: z.number().int().nonnegative(),
  abnormal: z.number().int().nonnegative(),
  /** 0…1: the part of it that was re-listened to. */
  heard: z.number(),
  relistened: z.boolean(),
});
export type CallRecordView = z.infer<typeof CallRecordView>;

export const CallCountFilter = Where.extend({ text: SearchText.optional() });
export type CallCountFilter = z.infer<typeof CallCountFilter>;

/** One inmate's video calls in which both were seen. */
export const CallCountView = z.object({
  inmateId: z.string(),
  inmateName: z.string(),
  inmateNumber: z.string(),
  prisonName: z.string(),
  wardName: z.string(),
  calls: z.number().int(),
  ordinary: z.number().int(),
  extra: z.number().int(),
  special: z.number().int(),
  minutes: z.number().int(),
  lastAt: Instant.nullable(),
});
export type CallCountView = z.infer<typeof CallCountView>;

/** Records of video calls (V20). Both are exported as `call-records` and `call-counts` (transfers). */
export const callRecordsRest = {
  listCallRecords: {
    method: 'get',
    path: '/api/call-records',
    roles: OFFICER,
    permission: 'call.read',
    query: Page.extend(CallRecordFilter.shape),
    response: list(CallRecordView),
  },
  listCallCounts: {
    method: 'get',
    path: '/api/call-counts',
    roles: OFFICER,
    permission: 'call.read',
    query: Page.extend(CallCountFilter.shape),
    response: list(CallCountView),
  },
} as const satisfies Record<string, RestEndpoint>;
