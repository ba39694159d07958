import type { Language } from '@qinqiao/client-sdk';

/** What an action is called: its subject and its verb, each with a name in both languages; what is not listed is shown as it is written. */
const SUBJECTS: Record<string, [string, string]> = {
  session: ['登录', 'Session'],
  security: ['安全事件', 'Security event'],
  call: ['会见', 'Call'],
  recording: ['录音录像', 'Recording'],
  word: ['敏感词', 'Sensitive word'],
  inmate: ['罪犯', 'Inmate'],
  family: ['家属', 'Family'],
  contact: ['对公与帮教人员', 'Contact'],
  person: ['个人信息', 'Personal data'],
  block: ['黑名单', 'Blocklist'],
  officer: ['民警', 'Officer'],
  organisation: ['组织机构', 'Organisation'],
  room: ['会见室', 'Room'],
  tablet: ['平板', 'Tablet'],
  role: ['角色', 'Role'],
  access: ['授权', 'Access'],
  factor: ['双因素认证', 'Second factor'],
  password: ['密码', 'Password'],
  key: ['密钥', 'Key'],
  parameter: ['参数', 'Parameter'],
  dictionary: ['数据字典', 'Dictionary'],
  menu: ['菜单', 'Menu'],
  task: ['定时任务', 'Task'],
  card: ['卡片', 'Card'],
  client: ['接入方', 'Client'],
  flow: ['审批流程', 'Approval flow'],
  approval: ['审批', 'Approval'],
  audit: ['审计', 'Audit'],
  transfer: ['导入导出', 'Import and export'],
};
const VERBS: Record<string, [string, string]> = {
  open: ['登录', 'logged in'],
  close: ['退出', 'logged out'],
  end: ['结束', 'ended'],
  refused: ['被拒绝', 'refused'],
  suppressed: ['合并计数', 'counted'],
  create: ['新建', 'created'],
  add: ['新增', 'added'],
  edit: ['修改', 'changed'],
  change: ['修改', 'changed'],
  set: ['设置', 'set'],
  delete: ['删除', 'deleted'],
  view: ['查看', 'looked at'],
  read: ['读取', 'read'],
  unmask: ['查看完整信息', 'unmasked'],
  export: ['导出', 'exported'],
  import: ['导入', 'imported'],
  search: ['查询', 'searched'],
  verify: ['校验', 'verified'],
  archive: ['归档', 'archived'],
  monitor: ['监看', 'monitored'],
  message: ['发送提示', 'message'],
  run: ['立即执行', 'run'],
  cancel: ['取消', 'cancelled'],
  issue: ['发卡', 'issued'],
  lost: ['挂失', 'reported lost'],
  found: ['解挂', 'found'],
  return: ['退卡', 'returned'],
  replace: ['补换', 'replaced'],
  deposit: ['存入', 'paid in'],
  withdraw: ['取出', 'paid out'],
  reversal: ['冲正', 'taken back'],
  addKey: ['新增密钥', 'key added'],
  endKey: ['停用密钥', 'key ended'],
  publish: ['发布', 'published'],
  rotate: ['更换', 'rotated'],
  reset: ['重置', 'reset'],
};

export function actionName(action: string, language: Language): string {
  const [subject = '', verb = ''] = action.split('.');
  const at = language === 'zh' ? 0 : 1;
  const names = [SUBJECTS[subject]?.[at], VERBS[verb]?.[at]];
  return names.every((name) => name !== undefined) ? names.join(' · ') : action;
}

export const subjectName = (kind: string, language: Language): string => SUBJECTS[kind]?.[language === 'zh' ? 0 : 1] ?? kind;
