import { z } from 'zod';
import type { Localised } from './ids.ts';
import type { Permission } from './permissions.ts';

/** What units a parameter is given in. */
export const PARAMETER_UNITS = {
  minutes: { zh: '分钟', en: 'minutes' },
  hours: { zh: '小时', en: 'hours' },
  months: { zh: '个月', en: 'months' },
  times: { zh: '次', en: 'times' },
  sessions: { zh: '处', en: 'sessions' },
  seconds: { zh: '秒', en: 'seconds' },
  days: { zh: '天', en: 'days' },
  percent: { zh: '%', en: '%' },
  gigabytes: { zh: 'GB', en: 'GB' },
  hundredths: { zh: '% 相似度', en: '% likeness' },
} as const satisfies Record<string, Localised>;

interface ParameterKind extends Localised {
  schema: z.ZodType;
  /** What it is where nobody has set it. */
  initial: unknown;
  unit: keyof typeof PARAMETER_UNITS | null;
  group: string;
  /** How it is entered. */
  input: { kind: 'number'; min: number; max: number } | { kind: 'choice'; options: readonly (Localised & { value: string })[] };
  /** Who may change it. */
  permission: Permission;
  /** What it does, for those who change it. */
  help: Localised;
}

const whole = (min: number, max: number, initial: number) => ({
  schema: z.number().int().min(min).max(max),
  input: { kind: 'number' as const, min, max },
  initial,
});

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

const YES_NO = ['yes', 'no'] as const;
const onOff = (initial: 'on' | 'off') => ({
  schema: z.enum(['on', 'off']),
  initial,
  unit: null,
  input: {
    kind: 'choice' as const,
    options: [
      { value: 'on', zh: '启用', en: 'On' },
      { value: 'off', zh: '不启用', en: 'Off' },
    ],
  },
});
const FACTOR = ['required', 'optional'] as const;
// How officers log in is the security administrator's to decide.
const login = { group: 'login', permission: 'policy.edit' } as const;

/** Every parameter of an installation that is set in the console; a change counts at once, in every process. */
export const PARAMETERS = {
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
  'face.likeness': {
    group: 'face',
    permission: 'parameter.edit',
    ...whole(50, 95, 60),
    unit: 'hundredths',
    zh: '人脸比对通过的最低相似度',
    en: 'Least likeness of a match',
    help: {
      zh: '调低更易误通过，调高更易误拒；请先用本单位照片运行评测命令 faces:evaluate 再调整',
      en: 'Lower lets more strangers in, higher refuses more of the right people; run faces:evaluate with your own pictures before changing it',
    },
  },
  'face.failures': {
    group: 'face',
    permission: 'parameter.edit',
    ...whole(1, 10, 3),
    unit: 'times',
    zh: '人脸核验失败几次后转民警裁定',
    en: 'Failures before an officer decides',
    help: { zh: '达到该次数后由民警对照照片裁定', en: 'After so many failures an officer decides by the pictures' },
  },
  'face.inmateLogin': {
    group: 'face',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '罪犯登录须人脸核验',
    en: 'Inmates log in with their face',
    help: {
      zh: '启用后，平板以编号登录后还须人脸核验，首次登录时录入',
      en: 'When on, the tablet asks for the face after the number; the first log-in enrols it',
    },
  },
  'face.familyEntry': {
    group: 'face',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '家属进入会见前须人脸核验',
    en: 'Families’ faces are checked before a call',
    help: {
      zh: '启用后，家属进入会见前须按提示转头并与白名单照片比对',
      en: 'When on, family members turn their head as asked and are compared with the allowlist’s picture before they enter a call',
    },
  },
  'picture.maskMode': {
    group: 'picture',
    permission: 'parameter.edit',
    schema: z.enum(['colour', 'picture', 'blur']),
    initial: 'colour',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: 'colour', zh: '纯色', en: 'One colour' },
        { value: 'picture', zh: '背景图', en: 'A picture' },
        { value: 'blur', zh: '模糊（会透出实景颜色）', en: 'Blur (lets the real colours through)' },
      ],
    },
    zh: '罪犯画面背景',
    en: 'Background of the inmate’s picture',
    help: { zh: '下一场会见起生效', en: 'Counts from the next call on' },
  },
  'picture.maskColour': {
    group: 'picture',
    permission: 'parameter.edit',
    schema: z.enum(['#205080', '#3b5d4a', '#5a5f69']),
    initial: '#205080',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: '#205080', zh: '蓝', en: 'Blue' },
        { value: '#3b5d4a', zh: '绿', en: 'Green' },
        { value: '#5a5f69', zh: '灰', en: 'Grey' },
      ],
    },
    zh: '背景颜色',
    en: 'Colour of the background',
    help: { zh: '下一场会见起生效', en: 'Counts from the next call on' },
  },
  'picture.hits': {
    group: 'picture',
    permission: 'parameter.edit',
    ...whole(2, 10, 2),
    unit: 'times',
    zh: '连续几次检出后预警',
    en: 'Samples in a row before a warning',
    help: {
      zh: '每 2 秒抽检一次画面；次数越少越快，误报也越多',
      en: 'Pictures are looked at every two seconds; fewer is faster and wrong more often',
    },
  },
  'picture.nobodySeconds': {
    group: 'picture',
    permission: 'parameter.edit',
    ...whole(4, 120, 12),
    unit: 'seconds',
    zh: '画面无人多久后预警',
    en: 'Nobody in the picture for',
    help: { zh: '短暂离开或低头不预警', en: 'Leaning out for a moment warns of nothing' },
  },
  'picture.holdFamily': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('off'),
    zh: '家属画面出现多人或名单外人员时自动遮断画面',
    en: 'Hold the family’s picture for more people or strangers',
    help: { zh: '声音不中断，监管民警可一键恢复', en: 'Sound goes on; the officer releases it with one tap' },
  },
  'picture.holdInmate': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '罪犯画面未遮挡或出现他人时自动遮断画面',
    en: 'Hold the inmate’s picture when it is unmasked or shows others',
    help: { zh: '声音不中断，监管民警可一键恢复', en: 'Sound goes on; the officer releases it with one tap' },
  },
  'picture.tellParties': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('off'),
    zh: '画面预警同时提示双方',
    en: 'Show picture warnings to both parties',
    help: { zh: '启用后，预警文字显示在双方屏幕上', en: 'When on, both screens show the warning’s text' },
  },
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
  'audit.retentionMonths': {
    group: 'audit',
    permission: 'audit.retention',
    ...whole(6, 120, 6),
    unit: 'months',
    zh: '审计记录留存期限',
    en: 'Audit records are kept for',
    help: { zh: '不得少于 6 个月（网络安全法第二十一条）', en: 'Not less than 6 months (Cybersecurity Law, article 21)' },
  },
  'storage.coldAfterDays': {
    group: 'storage',
    permission: 'storage.edit',
    ...whole(0, 3650, 90),
    unit: 'days',
    zh: '转入冷存储前的天数',
    en: 'Days before moving to the cold store',
    help: {
      zh: '录音录像封存满该天数后移到冷存储（须已配置冷存储）；0 表示不移动',
      en: 'Recordings that were sealed this long ago move to the cold store, where one is configured; 0: never',
    },
  },
  'storage.warnPercent': {
    group: 'storage',
    permission: 'storage.edit',
    ...whole(10, 99, 80),
    unit: 'percent',
    zh: '存储空间预警',
    en: 'Storage warning at',
    help: { zh: '已用空间达到该比例时提醒民警', en: 'Officers are told when this much of the store is used' },
  },
  'storage.criticalPercent': {
    group: 'storage',
    permission: 'storage.edit',
    ...whole(10, 99, 92),
    unit: 'percent',
    zh: '存储空间告急',
    en: 'Storage critical at',
    help: { zh: '已用空间达到该比例时显示为告急', en: 'When this much of the store is used it is shown as critical' },
  },
  'storage.warnDays': {
    group: 'storage',
    permission: 'storage.edit',
    ...whole(1, 365, 30),
    unit: 'days',
    zh: '剩余天数预警',
    en: 'Warning of days left',
    help: {
      zh: '按近日增长预计，空间在该天数内用完时提醒；不足四分之一时为告急',
      en: 'Officers are told when the store will be full within this time at the present growth; within a quarter of it, it is critical',
    },
  },
  'storage.capacityGb': {
    group: 'storage',
    permission: 'storage.edit',
    ...whole(0, 10_000_000, 0),
    unit: 'gigabytes',
    zh: '对象存储容量',
    en: 'Capacity of the object store',
    help: {
      zh: '对象存储（S3）无法告知容量，在此填写后可预测；0 表示不预测。磁盘存储无须填写',
      en: 'Object stores (S3) do not tell their size; with it, there is a forecast; 0: none. Disks need none',
    },
  },
  'transcript.attentionLevel': {
    group: 'speech',
    permission: 'parameter.edit',
    ...whole(1, 3, 2),
    unit: null,
    zh: '需关注的敏感词等级',
    en: 'Level of words that need attention',
    help: {
      zh: '会话中出现该等级及以上的敏感词时归入“需关注”（1 提示，2 严重，3 最高）',
      en: 'Conversations in which words of this level or above were said are filed under “needing attention” (1 notice, 2 serious, 3 top)',
    },
  },
} as const satisfies Record<string, ParameterKind>;

export const ParameterKey = z.enum(Object.keys(PARAMETERS) as [keyof typeof PARAMETERS, ...(keyof typeof PARAMETERS)[]]);
export type ParameterKey = z.infer<typeof ParameterKey>;
export type ParameterValue<Key extends ParameterKey> = z.output<(typeof PARAMETERS)[Key]['schema']>;
