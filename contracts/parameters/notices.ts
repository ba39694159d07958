import { z } from 'zod';
import { whole, type ParameterKind } from './kinds.ts';

/** Local times of a day, every half hour. */
const HALF_HOURS = Array.from({ length: 48 }, (_, index) => {
  const value = `${String(Math.floor(index / 2)).padStart(2, '0')}:${index % 2 === 0 ? '00' : '30'}`;
  return { value, zh: value, en: value };
});
const timeOfDay = (initial: string) => ({
  group: 'notice',
  permission: 'parameter.edit' as const,
  schema: z.enum(HALF_HOURS.map(({ value }) => value) as [string, ...string[]]),
  initial,
  unit: null,
  input: { kind: 'choice' as const, options: HALF_HOURS },
});

/** When families are told and reminded. */
export const noticeParameters = {
  'notice.quietFrom': {
    ...timeOfDay('21:00'),
    zh: '免打扰开始时间',
    en: 'Quiet hours begin',
    help: {
      zh: '免打扰时段内的微信、短信和语音通知在时段结束后发出，临近会见的紧急通知除外；开始与结束相同表示不设免打扰',
      en: 'WeChat messages, SMS and voice calls of the quiet hours are sent when they end, except urgent ones shortly before a call; beginning and end alike: no quiet hours',
    },
  },
  'notice.quietUntil': {
    ...timeOfDay('08:00'),
    zh: '免打扰结束时间',
    en: 'Quiet hours end',
    help: { zh: '时段内积压的通知自此时起发出', en: 'What waited is sent from this time on' },
  },
  'notice.remindHours': {
    group: 'notice',
    permission: 'parameter.edit',
    ...whole(0, 72, 24),
    unit: 'hours',
    zh: '首次提醒提前量',
    en: 'First reminder',
    help: { zh: '会见开始前多少小时提醒家属；0 表示不提醒', en: 'So many hours before a visit its family is reminded; 0: not at all' },
  },
  'notice.remindMinutes': {
    group: 'notice',
    permission: 'parameter.edit',
    ...whole(0, 120, 30),
    unit: 'minutes',
    zh: '再次提醒提前量',
    en: 'Second reminder',
    help: {
      zh: '已安排会见室的会见，开始前多少分钟再次提醒家属；0 表示不提醒',
      en: 'So many minutes before a visit that has its room its family is reminded again; 0: not at all',
    },
  },
} as const satisfies Record<string, ParameterKind>;
