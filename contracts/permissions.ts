import { z } from 'zod';
import type { Localised } from './ids.ts';

/**
 * What kind of work a permission belongs to. The three administrators of MLPS level 3 (GB/T 22239: system, security and audit) and the
 * business are kept apart: a role is of one duty, an officer's roles too. `common` goes with every duty.
 */
export const Duty = z.enum(['system', 'security', 'audit', 'business', 'common']);
export type Duty = z.infer<typeof Duty>;

interface PermissionKind extends Localised {
  duty: Duty;
  /** Under which heading the console shows it. */
  group: string;
}

/** Every operation that a role can allow. */
export const PERMISSIONS = {
  'organisation.read': { duty: 'common', group: 'organisation', zh: '查看组织机构', en: 'See the organisation' },
  'officer.read': { duty: 'common', group: 'organisation', zh: '查看民警', en: 'See officers' },
  'organisation.edit': { duty: 'system', group: 'organisation', zh: '维护组织机构', en: 'Edit the organisation' },
  'officer.edit': { duty: 'system', group: 'organisation', zh: '维护民警账号', en: 'Edit officers’ accounts' },
  'officer.import': { duty: 'system', group: 'organisation', zh: '导入民警', en: 'Import officers' },
  'officer.export': { duty: 'system', group: 'organisation', zh: '导出民警', en: 'Export officers' },
  'dictionary.edit': { duty: 'system', group: 'settings', zh: '维护数据字典', en: 'Edit dictionaries' },
  'parameter.edit': { duty: 'system', group: 'settings', zh: '维护系统参数', en: 'Edit parameters' },
  'menu.edit': { duty: 'system', group: 'settings', zh: '维护菜单与子系统', en: 'Edit menus and subsystems' },
  'tool.edit': { duty: 'system', group: 'settings', zh: '维护工具下载', en: 'Edit tool downloads' },
  'task.read': { duty: 'system', group: 'settings', zh: '查看定时任务', en: 'See scheduled tasks' },
  'task.edit': { duty: 'system', group: 'settings', zh: '维护和运行定时任务', en: 'Edit and run scheduled tasks' },
  'client.read': { duty: 'system', group: 'openCapability', zh: '查看接入方', en: 'See third-party clients' },
  'client.edit': { duty: 'system', group: 'openCapability', zh: '维护接入方', en: 'Edit third-party clients' },
  'role.read': { duty: 'security', group: 'security', zh: '查看角色与授权', en: 'See roles and grants' },
  'role.edit': { duty: 'security', group: 'security', zh: '维护角色', en: 'Edit roles' },
  'access.assign': { duty: 'security', group: 'security', zh: '授予角色与数据范围', en: 'Grant roles and data scope' },
  'session.manage': { duty: 'security', group: 'security', zh: '查看和结束他人登录', en: 'See and end others’ sessions' },
  'factor.reset': { duty: 'security', group: 'security', zh: '重置双因素认证', en: 'Reset second factors' },
  'policy.edit': { duty: 'security', group: 'security', zh: '设置登录安全策略', en: 'Set the log-in policy' },
  'key.read': { duty: 'security', group: 'security', zh: '查看密钥', en: 'See keys' },
  'key.rotate': { duty: 'security', group: 'security', zh: '更换密钥', en: 'Rotate keys' },
  'audit.read': { duty: 'audit', group: 'audit', zh: '查询审计记录', en: 'Search the audit trail' },
  'audit.export': { duty: 'audit', group: 'audit', zh: '导出审计记录', en: 'Export the audit trail' },
  'audit.verify': { duty: 'audit', group: 'audit', zh: '校验审计记录', en: 'Verify the audit trail' },
  'audit.retention': { duty: 'audit', group: 'audit', zh: '设置审计留存期限', en: 'Set the audit retention' },
  'call.read': { duty: 'business', group: 'calls', zh: '查看会见', en: 'See calls' },
  'call.arrange': { duty: 'business', group: 'calls', zh: '安排会见', en: 'Arrange calls' },
  'call.supervise': { duty: 'business', group: 'calls', zh: '监管会见', en: 'Supervise calls' },
  'call.export': { duty: 'business', group: 'calls', zh: '导出会见记录', en: 'Export records of calls' },
  'recording.replay': { duty: 'business', group: 'relistening', zh: '复听录音录像', en: 'Re-listen to recordings' },
  'relistening.assign': { duty: 'business', group: 'relistening', zh: '分派复听与抽查', en: 'Assign re-listening and second checks' },
  'relistening.rule': { duty: 'business', group: 'relistening', zh: '维护复听规则', en: 'Edit re-listening rules' },
  'relistening.statistics': { duty: 'business', group: 'relistening', zh: '查看复听统计', en: 'See re-listening figures' },
  'recording.verify': { duty: 'business', group: 'relistening', zh: '校验录音录像', en: 'Verify recordings' },
  'recording.export': { duty: 'business', group: 'relistening', zh: '导出录音录像', en: 'Export recordings' },
  'recording.hold': { duty: 'business', group: 'relistening', zh: '保全与解除保全', en: 'Place and lift legal holds' },
  'recording.delete': { duty: 'business', group: 'relistening', zh: '删除录音录像', en: 'Delete recordings' },
  'retention.edit': { duty: 'business', group: 'relistening', zh: '维护留存期限', en: 'Edit retention rules' },
  'storage.read': { duty: 'system', group: 'settings', zh: '查看存储', en: 'See storage' },
  'storage.edit': { duty: 'system', group: 'settings', zh: '设置存储', en: 'Edit storage' },
  'picture.review': { duty: 'business', group: 'calls', zh: '查看并评定画面预警', en: 'See and judge picture warnings' },
  'face.decide': { duty: 'business', group: 'calls', zh: '人脸核验人工裁定', en: 'Decide on face checks' },
  'word.read': { duty: 'business', group: 'speech', zh: '查看敏感词', en: 'See sensitive words' },
  'word.edit': { duty: 'business', group: 'speech', zh: '维护敏感词', en: 'Edit sensitive words' },
  'word.import': { duty: 'business', group: 'speech', zh: '导入敏感词', en: 'Import sensitive words' },
  'word.export': { duty: 'business', group: 'speech', zh: '导出敏感词', en: 'Export sensitive words' },
  'word.statistics': { duty: 'business', group: 'speech', zh: '查看敏感词统计', en: 'See figures of sensitive words' },
  'alert.read': { duty: 'business', group: 'speech', zh: '查看敏感词预警', en: 'See alerts of sensitive words' },
  'alert.handle': { duty: 'business', group: 'speech', zh: '处置敏感词预警', en: 'Acknowledge alerts of sensitive words' },
  'alert.review': { duty: 'business', group: 'speech', zh: '评定敏感词预警', en: 'Judge alerts of sensitive words' },
  'transcript.search': { duty: 'business', group: 'speech', zh: '检索通话文本', en: 'Search transcripts' },
  'transcript.correct': { duty: 'business', group: 'speech', zh: '订正通话文本', en: 'Correct transcripts' },
  'transcription.read': { duty: 'business', group: 'speech', zh: '查看转写任务', en: 'See transcription jobs' },
  'transcription.edit': { duty: 'business', group: 'speech', zh: '管理转写任务', en: 'Manage transcription jobs' },
  'audio.import': { duty: 'business', group: 'speech', zh: '导入会见与亲情电话录音', en: 'Take in recordings of visits and phone calls' },
  'speech.read': { duty: 'system', group: 'settings', zh: '查看语音引擎', en: 'See speech engines' },
  'speech.edit': { duty: 'system', group: 'settings', zh: '设置语音引擎', en: 'Edit speech engines' },
  'inmate.read': { duty: 'business', group: 'people', zh: '查看罪犯', en: 'See inmates' },
  'inmate.edit': { duty: 'business', group: 'people', zh: '维护罪犯', en: 'Edit inmates' },
  'inmate.import': { duty: 'business', group: 'people', zh: '导入罪犯', en: 'Import inmates' },
  'inmate.export': { duty: 'business', group: 'people', zh: '导出罪犯', en: 'Export inmates' },
  'family.read': { duty: 'business', group: 'people', zh: '查看家属', en: 'See families' },
  'family.edit': { duty: 'business', group: 'people', zh: '维护家属', en: 'Edit families' },
  'family.import': { duty: 'business', group: 'people', zh: '导入家属', en: 'Import families' },
  'family.export': { duty: 'business', group: 'people', zh: '导出家属', en: 'Export families' },
  'contact.read': { duty: 'business', group: 'people', zh: '查看对公人员与帮教人员', en: 'See agency staff and social helpers' },
  'contact.edit': { duty: 'business', group: 'people', zh: '维护对公人员与帮教人员', en: 'Edit agency staff and social helpers' },
  'contact.import': { duty: 'business', group: 'people', zh: '导入对公人员与帮教人员', en: 'Import agency staff and social helpers' },
  'contact.export': { duty: 'business', group: 'people', zh: '导出对公人员与帮教人员', en: 'Export agency staff and social helpers' },
  'person.unmask': { duty: 'business', group: 'people', zh: '查看完整个人信息', en: 'See personal data unmasked' },
  'face.read': { duty: 'business', group: 'people', zh: '查看人脸库', en: 'See the face library' },
  'face.edit': { duty: 'business', group: 'people', zh: '录入和删除人脸', en: 'Enrol and delete faces' },
  'blocklist.edit': { duty: 'business', group: 'people', zh: '维护黑名单', en: 'Edit blocklists' },
  'booking.read': { duty: 'business', group: 'bookings', zh: '查看预约', en: 'See appointments' },
  'booking.edit': { duty: 'business', group: 'bookings', zh: '代为预约、改期和取消', en: 'Book, change and cancel for others' },
  'booking.export': { duty: 'business', group: 'bookings', zh: '导出预约', en: 'Export appointments' },
  'booking.exchange': { duty: 'business', group: 'bookings', zh: '交换预约数据包', en: 'Exchange appointments as data packages' },
  'slot.edit': { duty: 'business', group: 'bookings', zh: '维护会见时段', en: 'Edit slots' },
  'callrule.edit': { duty: 'business', group: 'bookings', zh: '维护通讯规则', en: 'Edit call rules' },
  'review.edit': { duty: 'business', group: 'bookings', zh: '维护预审核规则', en: 'Edit pre-review rules' },
  'quota.adjust': { duty: 'business', group: 'bookings', zh: '申请额外通话', en: 'Apply for extra calls' },
  'venue.read': { duty: 'business', group: 'venues', zh: '查看会场', en: 'See venues' },
  'venue.edit': { duty: 'business', group: 'venues', zh: '分配和调整会场', en: 'Assign and move venues' },
  'device.edit': { duty: 'business', group: 'venues', zh: '维护会场与平板', en: 'Edit rooms and tablets' },
  'registration.read': { duty: 'business', group: 'families', zh: '查看家属注册资料', en: 'See families’ registrations' },
  'registration.edit': { duty: 'business', group: 'families', zh: '维护家属注册资料', en: 'Edit families’ registrations' },
  'allowlist.read': { duty: 'business', group: 'families', zh: '查看白名单', en: 'See the allowlist' },
  'allowlist.edit': { duty: 'business', group: 'families', zh: '维护白名单', en: 'Edit the allowlist' },
  'allowlist.export': { duty: 'business', group: 'families', zh: '导出白名单', en: 'Export the allowlist' },
  'number.read': { duty: 'business', group: 'families', zh: '查看亲情号码', en: 'See family phone numbers' },
  'number.edit': { duty: 'business', group: 'families', zh: '维护亲情号码', en: 'Edit family phone numbers' },
  'help.answer': { duty: 'business', group: 'families', zh: '答复家属咨询', en: 'Answer families’ questions' },
  'notice.read': { duty: 'business', group: 'notices', zh: '查看通知记录', en: 'See notices sent' },
  'notice.edit': { duty: 'business', group: 'notices', zh: '维护通知模板', en: 'Edit notice templates' },
  'card.read': { duty: 'business', group: 'cards', zh: '查看卡片', en: 'See cards' },
  'card.edit': { duty: 'business', group: 'cards', zh: '发卡、挂失、退卡', en: 'Issue and manage cards' },
  'card.balance': { duty: 'business', group: 'cards', zh: '调整卡内余额', en: 'Change card balances' },
  'flow.read': { duty: 'business', group: 'approvals', zh: '查看审批流程', en: 'See approval flows' },
  'flow.edit': { duty: 'business', group: 'approvals', zh: '设计审批流程', en: 'Design approval flows' },
  'approval.read': { duty: 'business', group: 'approvals', zh: '查看审批记录', en: 'See approval records' },
  'approval.submit': { duty: 'business', group: 'approvals', zh: '提交申请', en: 'Submit applications' },
} as const satisfies Record<string, PermissionKind>;

export const Permission = z.enum(Object.keys(PERMISSIONS) as [keyof typeof PERMISSIONS, ...(keyof typeof PERMISSIONS)[]]);
export type Permission = z.infer<typeof Permission>;

/** Which rows an officer sees, of everything: the bureau's, some prisons', some wards', or only those in the officer's own charge. */
export const DataScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bureau') }),
  z.object({ kind: z.literal('prisons'), ids: z.array(z.string().min(1).max(32)).min(1).max(200) }),
  z.object({ kind: z.literal('wards'), ids: z.array(z.string().min(1).max(32)).min(1).max(500) }),
  z.object({ kind: z.literal('own') }),
]);
export type DataScope = z.infer<typeof DataScope>;

/** Roles that every installation has and nobody can change; sites add their own. */
export const BUILT_IN_ROLES = {
  'system-admin': { duty: 'system', zh: '系统管理员', en: 'System administrator', permissions: ofDuty('system') },
  'security-admin': { duty: 'security', zh: '安全保密管理员', en: 'Security administrator', permissions: ofDuty('security') },
  'audit-admin': { duty: 'audit', zh: '安全审计员', en: 'Audit administrator', permissions: ofDuty('audit') },
  'business-admin': { duty: 'business', zh: '业务管理员', en: 'Business administrator', permissions: ofDuty('business') },
  supervisor: {
    duty: 'business',
    zh: '会见监管民警',
    en: 'Supervising officer',
    permissions: [
      ...ofDuty('common'),
      ...(['call.read', 'call.arrange', 'call.supervise', 'call.export', 'word.read', 'word.edit'] as const),
      ...(['recording.replay', 'recording.verify', 'recording.export'] as const),
      ...(['alert.read', 'alert.handle', 'alert.review', 'transcript.search', 'transcript.correct', 'transcription.read'] as const),
      ...(['picture.review', 'face.decide', 'face.read'] as const),
      ...(['inmate.read', 'family.read', 'contact.read', 'card.read', 'approval.read', 'approval.submit'] as const),
      ...(['booking.read', 'booking.edit', 'quota.adjust', 'venue.read', 'venue.edit', 'registration.read'] as const),
      ...(['allowlist.read', 'number.read', 'help.answer', 'notice.read'] as const),
    ],
  },
} satisfies Record<string, { duty: Duty; zh: string; en: string; permissions: Permission[] }>;
export type BuiltInRole = keyof typeof BUILT_IN_ROLES;

function ofDuty(duty: Duty): Permission[] {
  const names = Object.keys(PERMISSIONS) as Permission[];
  return names.filter((name) => PERMISSIONS[name].duty === duty || PERMISSIONS[name].duty === 'common');
}
