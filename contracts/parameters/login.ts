import { z } from 'zod';
import { whole, type ParameterKind } from './kinds.ts';

const FACTOR = ['required', 'optional'] as const;
const login = { group: 'login', permission: 'policy.edit' } as const;

/** How officers log in: the security administrator’s to decide. */
export const loginParameters = {
  'login.secondFactor': {
    ...login,
    schema: z.enum(FACTOR),
    initial: 'required',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: 'required', zh: '必须启用', en: 'Required' },
        { value: 'optional', zh: '可不启用', en: 'Optional' },
      ],
    },
    zh: '双因素认证',
    en: 'Second factor',
    help: {
      zh: '必须启用时，民警登录除密码外还须动态口令或证书；等级保护三级系统应设为必须启用',
      en: 'When required, officers log in with a one-time code or a certificate besides the password; MLPS level 3 asks for it',
    },
  },
  'login.idleMinutes': {
    ...login,
    ...whole(5, 480, 30),
    unit: 'minutes',
    zh: '无操作退出时间',
    en: 'Log-out after inactivity',
    help: { zh: '民警超过该时间没有任何操作，须重新登录', en: 'Officers who do nothing for this long must log in again' },
  },
  'login.absoluteHours': {
    ...login,
    ...whole(1, 24, 12),
    unit: 'hours',
    zh: '登录最长有效期',
    en: 'Longest log-in',
    help: { zh: '自登录起到此时间后须重新登录，无论是否在操作', en: 'After this time a new log-in is needed, whatever one is doing' },
  },
  'login.lockAfter': {
    ...login,
    ...whole(3, 10, 5),
    unit: 'times',
    zh: '连续失败锁定次数',
    en: 'Failures before the lock',
    help: { zh: '连续登录失败达到该次数后锁定账号', en: 'So many failed log-ins in a row lock the account' },
  },
  'login.lockMinutes': {
    ...login,
    ...whole(1, 1440, 10),
    unit: 'minutes',
    zh: '锁定时长',
    en: 'Length of the lock',
    help: { zh: '账号锁定后，过此时间自动解锁', en: 'After this time a locked account opens by itself' },
  },
  'login.sessionsPerOfficer': {
    ...login,
    ...whole(1, 20, 5),
    unit: 'sessions',
    zh: '每名民警同时登录数',
    en: 'Sessions of one officer',
    help: { zh: '超过时最早的一处登录自动退出', en: 'One more ends the oldest' },
  },
  'reauth.minutes': {
    ...login,
    ...whole(1, 60, 5),
    unit: 'minutes',
    zh: '再次验证有效期',
    en: 'Re-authentication holds for',
    help: {
      zh: '导出、修改白名单和权限前须再次验证身份，验证后在此时间内不再询问',
      en: 'Exports and changes of allowlists and permissions ask who one is; not again within this time',
    },
  },
} as const satisfies Record<string, ParameterKind>;
