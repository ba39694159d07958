import { z } from 'zod';
import { whole, type ParameterKind } from './kinds.ts';

const YES_NO = ['yes', 'no'] as const;

/** From the application to the room: approvals, the allowlist, venues. */
export const visitParameters = {
  'approval.lateHours': {
    group: 'approval',
    permission: 'parameter.edit',
    ...whole(1, 168, 24),
    unit: 'hours',
    zh: '待办长时间未处理视为滞留',
    en: 'A task counts as waiting long after',
    help: { zh: '待办超过该时间未处理时，在列表中标记为滞留', en: 'Tasks older than this are marked in the to-do list' },
  },
  'allowlist.withLink': {
    group: 'allowlist',
    permission: 'parameter.edit',
    schema: z.enum(YES_NO),
    initial: 'yes',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: 'yes', zh: '同时加入白名单', en: 'Onto the allowlist too' },
        { value: 'no', zh: '须另行申请', en: 'Needs its own application' },
      ],
    },
    zh: '绑定罪犯获批后的白名单',
    en: 'Allowlist when a link is approved',
    help: {
      zh: '选“同时加入白名单”时，亲属绑定获批即可预约视频会见、现场会见和拨打亲情电话',
      en: 'When a link is approved, its family member may visit, call by video and by phone at once',
    },
  },
  'allowlist.months': {
    group: 'allowlist',
    permission: 'parameter.edit',
    ...whole(1, 60, 12),
    unit: 'months',
    zh: '白名单最长有效期',
    en: 'Longest period of the allowlist',
    help: { zh: '到期后须重新申请', en: 'Afterwards it must be applied for again' },
  },
  'venue.bufferMinutes': {
    group: 'venue',
    permission: 'parameter.edit',
    ...whole(0, 60, 5),
    unit: 'minutes',
    zh: '同一会见室两场会见的间隔',
    en: 'Time between two calls of a room',
    help: {
      zh: '自动分配会场时，同一会见室前后两场会见之间至少留出的时间',
      en: 'When rooms are assigned, two calls of a room have at least this time between them',
    },
  },
} as const satisfies Record<string, ParameterKind>;
