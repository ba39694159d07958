import { z } from 'zod';
import type { Localised } from './ids.ts';

/** How a family member is told something: in the app, by a WeChat subscribe message, by SMS, by a voice call. */
export const NoticeChannelName = z.enum(['in_app', 'wechat', 'sms', 'voice']);
export type NoticeChannelName = z.infer<typeof NoticeChannelName>;
export const EXTERNAL_CHANNELS = ['wechat', 'sms', 'voice'] as const;
export type ExternalChannelName = (typeof EXTERNAL_CHANNELS)[number];
/** Who carries a channel's notices. `local`: nobody, they are only listed. */
export const NoticeProvider = z.enum(['local', 'in_app', 'wechat', 'aliyun']);
export type NoticeProvider = z.infer<typeof NoticeProvider>;

/** waiting: to be sent, or sent again · sent: the provider took it · failed: for good · skipped: there was no sense or no way to send it */
export const NoticeState = z.enum(['waiting', 'sent', 'failed', 'skipped']);
export type NoticeState = z.infer<typeof NoticeState>;

export const NoticeLanguage = z.enum(['zh', 'en']);
export type NoticeLanguage = z.infer<typeof NoticeLanguage>;

/** Why a notice was not sent, or not yet. */
export const NOTICE_PROBLEMS = {
  unreachable: { zh: '无法连接服务商', en: 'The provider could not be reached' },
  busy: { zh: '服务商繁忙或已达发送上限', en: 'The provider is busy, or its limit is reached' },
  credentials: { zh: '服务商拒绝了本系统的凭证', en: 'The provider refused this installation’s credentials' },
  user_refused: { zh: '用户未订阅或已拒收', en: 'The user has not subscribed, or refuses it' },
  no_address: { zh: '没有可用的手机号或微信标识', en: 'No phone number or WeChat identity is known' },
  template_missing: { zh: '模板未填写服务商的模板编号', en: 'The template has no code of the provider' },
  template_refused: { zh: '服务商不接受模板或其内容', en: 'The provider does not take the template or its content' },
  address_refused: { zh: '服务商不接受该号码或微信标识', en: 'The provider does not take this number or WeChat identity' },
  refused: { zh: '服务商拒绝发送', en: 'The provider refused it' },
  too_late: { zh: '已过有效时间', en: 'It was no longer of use' },
  outdated: { zh: '预约已有变动，不再适用', en: 'The appointment has changed meanwhile' },
  internal: { zh: '系统出错', en: 'Something went wrong here' },
} as const satisfies Record<string, Localised>;
export const NoticeProblem = z.enum(Object.keys(NOTICE_PROBLEMS) as [keyof typeof NOTICE_PROBLEMS, ...(keyof typeof NOTICE_PROBLEMS)[]]);
export type NoticeProblem = z.infer<typeof NoticeProblem>;

/** What can be told in a template, with its meaning and a value to show. */
export const NOTICE_FIELDS = {
  inmate: { zh: '罪犯姓名', en: 'inmate', sample: { zh: '陈建国', en: 'Chen Jianguo' } },
  prison: { zh: '监狱', en: 'prison', sample: { zh: '青浦监狱', en: 'Qingpu Prison' } },
  kind: { zh: '会见类型', en: 'kind of visit', sample: { zh: '视频会见', en: 'video visit' } },
  date: { zh: '日期', en: 'date', sample: { zh: '2026-11-25', en: '2026-11-25' } },
  time: { zh: '开始时间', en: 'start', sample: { zh: '09:00', en: '09:00' } },
  until: { zh: '结束时间', en: 'end', sample: { zh: '09:30', en: '09:30' } },
  former: { zh: '原时间', en: 'former time', sample: { zh: '2026-11-24 14:00', en: '2026-11-24 14:00' } },
  room: { zh: '会见室', en: 'room', sample: { zh: '视频会见室 3', en: 'Video room 3' } },
  reason: { zh: '原因', en: 'reason', sample: { zh: '会见室检修', en: 'the room is under repair' } },
  month: { zh: '月份', en: 'month', sample: { zh: '2026-11', en: '2026-11' } },
  calls: { zh: '次数', en: 'times', sample: { zh: '1', en: '1' } },
  minutes: { zh: '分钟数', en: 'minutes', sample: { zh: '20', en: '20' } },
  title: { zh: '消息标题', en: 'title of the message', sample: { zh: '白名单申请已通过', en: 'Allowlist application approved' } },
} as const satisfies Record<string, Localised & { sample: Localised }>;
export type NoticeField = keyof typeof NOTICE_FIELDS;
/** A notice's values, by field. */
export type NoticeParams = Partial<Record<NoticeField, Localised>>;

const VISIT = ['inmate', 'prison', 'kind', 'date', 'time', 'until', 'room'] as const;
const WHY = [...VISIT, 'reason'] as const;
const EXTRA = ['inmate', 'kind', 'month', 'calls', 'minutes', 'reason'] as const;

interface EventKind extends Localised {
  fields: readonly NoticeField[];
}

/** Everything that families are told of, and what its texts may speak of. */
export const NOTICE_EVENTS = {
  booked: { zh: '预约已提交', en: 'Appointment handed in', fields: VISIT },
  booked_for_you: { zh: '民警代为预约', en: 'Booked by the prison', fields: VISIT },
  approved: { zh: '预约已通过', en: 'Appointment approved', fields: VISIT },
  refused: { zh: '预约未通过', en: 'Appointment refused', fields: WHY },
  changed: { zh: '预约已改期', en: 'Appointment moved', fields: [...VISIT, 'former'] },
  placed: { zh: '已安排会见室', en: 'Room assigned', fields: VISIT },
  cancelled: { zh: '预约已取消', en: 'Appointment cancelled', fields: WHY },
  stopped: { zh: '预约已停止', en: 'Appointment stopped', fields: WHY },
  expired: { zh: '预约已失效', en: 'Appointment lapsed', fields: WHY },
  missed: { zh: '会见未接通', en: 'Call not connected', fields: WHY },
  broken: { zh: '会见中断', en: 'Call broken off', fields: WHY },
  reminder_day: { zh: '会见前一天提醒', en: 'Reminder a day before', fields: VISIT },
  reminder_soon: { zh: '会见即将开始', en: 'Reminder shortly before', fields: VISIT },
  other_waiting: { zh: '对方正在等候', en: 'The other side is waiting', fields: VISIT },
  extra_approved: { zh: '额外通话已通过', en: 'Extra call approved', fields: EXTRA },
  extra_refused: { zh: '额外通话未通过', en: 'Extra call refused', fields: EXTRA },
  review: { zh: '申请审核结果', en: 'Result of an application', fields: ['title'] },
  help: { zh: '咨询已答复', en: 'Question answered', fields: ['title'] },
} as const satisfies Record<string, EventKind>;
export const NoticeEvent = z.enum(Object.keys(NOTICE_EVENTS) as [keyof typeof NOTICE_EVENTS, ...(keyof typeof NOTICE_EVENTS)[]]);
export type NoticeEvent = z.infer<typeof NoticeEvent>;
/** Of these the message in the app is written by the subject itself. */
export const TOLD_IN_APP: readonly NoticeEvent[] = ['review', 'help'];

const PLACEHOLDER = /\{(\w+)\}/g;

/** What stands in braces in a text and does not exist for this event. */
export function unknownPlaceholders(event: NoticeEvent, text: string): string[] {
  const known: readonly string[] = NOTICE_EVENTS[event].fields;
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !known.includes(name));
}

/** A template's text with its values; what has none is left out. */
export const fillNotice = (text: string, params: NoticeParams, language: NoticeLanguage): string =>
  text.replace(PLACEHOLDER, (_, name: string) => params[name as NoticeField]?.[language] ?? '');

/** Values to show a template with. */
export const sampleParams = (event: NoticeEvent): NoticeParams =>
  Object.fromEntries(NOTICE_EVENTS[event].fields.map((field) => [field, NOTICE_FIELDS[field].sample]));

const text = (max: number) => z.string().trim().min(1).max(max);
const code = z.string().trim().max(64).default('');

/** What a provider needs of a template: its own code for it in each language, and which of its variables get what. */
export const ExternalTemplate = z.object({
  enabled: z.boolean(),
  /** The code of the other language serves where one is empty. */
  code: z.object({ zh: code, en: code }),
  fields: z
    .array(
      z.object({
        name: z
          .string()
          .trim()
          .max(32)
          .regex(/^[A-Za-z][A-Za-z0-9_]*$/),
        value: text(100),
      }),
    )
    .max(10),
});
export type ExternalTemplate = z.infer<typeof ExternalTemplate>;

/** What families are told at an event, and how. */
export const NoticeTemplateContent = z.object({
  title: z.object({ zh: text(40), en: text(80) }),
  text: z.object({ zh: text(300), en: text(500) }),
  inApp: z.boolean(),
  wechat: ExternalTemplate,
  sms: ExternalTemplate,
  voice: ExternalTemplate,
});
export type NoticeTemplateContent = z.infer<typeof NoticeTemplateContent>;
