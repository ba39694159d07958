import { whole, type ParameterKind } from './kinds.ts';

/** How long and where things are kept. */
export const keepingParameters = {
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
} as const satisfies Record<string, ParameterKind>;
