import { whole, type ParameterKind } from './kinds.ts';

/** What alerts of sensitive words set off. */
export const alertParameters = {
  'alert.dutyLevel': {
    group: 'alert',
    permission: 'parameter.edit',
    ...whole(1, 3, 2),
    unit: null,
    zh: '值班预警的最低级别',
    en: 'Lowest level for the duty officer',
    help: {
      zh: '达到该级别的敏感词预警进入值班列表并响铃，直到有人签收',
      en: 'Alerts from this level on come to the duty list with a sound until somebody acknowledges them',
    },
  },
  'alert.escalateSeconds': {
    group: 'alert',
    permission: 'parameter.edit',
    ...whole(10, 600, 60),
    unit: 'seconds',
    zh: '预警无人签收时升级',
    en: 'Escalate alerts that nobody acknowledged after',
    help: {
      zh: '值班列表中的预警超过该时间无人签收，即升级提醒全部有权处置的民警',
      en: 'An alert of the duty list is then shown to every officer who may handle alerts, more urgently',
    },
  },
  'alert.noticeLevel': {
    group: 'alert',
    permission: 'parameter.edit',
    ...whole(0, 3, 0),
    unit: null,
    zh: '自动提示双方的最低级别',
    en: 'Lowest level that both parties are told of',
    help: {
      zh: '达到该级别时双方屏幕自动显示文明通话提示，每半分钟至多一次；0 表示不提示',
      en: 'Both screens then show a reminder to keep the conversation civil, at most one in half a minute; 0: never',
    },
  },
  'alert.holdLevel': {
    group: 'alert',
    permission: 'parameter.edit',
    ...whole(0, 3, 0),
    unit: null,
    zh: '自动暂停会见的最低级别',
    en: 'Lowest level that holds the call',
    help: {
      zh: '达到该级别时会见自动暂停，由监管民警恢复；0 表示不暂停',
      en: 'The call is then held until the officer resumes it; 0: never',
    },
  },
} as const satisfies Record<string, ParameterKind>;
