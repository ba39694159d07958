import type { z } from 'zod';
import type { Localised } from './ids.ts';

/** What can be wrong with a field, in the user's words; `{name}` stands for a parameter. */
export const FIELD_ERRORS = {
  required: { zh: '此项必填', en: 'This is required' },
  invalid: { zh: '格式不正确', en: 'This is not valid' },
  too_short: { zh: '至少 {limit} 个字符', en: 'At least {limit} characters' },
  too_long: { zh: '最多 {limit} 个字符', en: 'At most {limit} characters' },
  too_small: { zh: '不能小于 {limit}', en: 'Not less than {limit}' },
  too_large: { zh: '不能大于 {limit}', en: 'Not more than {limit}' },
  too_few: { zh: '至少选择 {limit} 项', en: 'Choose at least {limit}' },
  too_many: { zh: '最多 {limit} 项', en: 'At most {limit} entries' },
  not_a_choice: { zh: '不是可选的值', en: 'Not one of the possible values' },
  not_a_date: { zh: '日期不正确，应为 2026-01-31 的形式', en: 'Not a date such as 2026-01-31' },
  date_in_future: { zh: '日期不能晚于今天', en: 'The date lies in the future' },
  date_order: { zh: '结束日期不能早于开始日期', en: 'The end lies before the beginning' },
  id_number_invalid: {
    zh: '身份证号不正确（18 位，校验码须相符）',
    en: 'Not a valid ID number (18 characters with the right check digit)',
  },
  id_number_birth: { zh: '出生日期与身份证号不符', en: 'The birth date differs from the ID number’s' },
  id_number_gender: { zh: '性别与身份证号不符', en: 'The gender differs from the ID number’s' },
  phone_invalid: { zh: '电话号码不正确（手机 11 位，或区号-号码）', en: 'Not a phone number (11 digits, or area code-number)' },
  number_invalid: { zh: '编号只能含字母、数字和短横线', en: 'Only letters, digits and hyphens' },
  taken: { zh: '已被使用', en: 'This is taken already' },
  not_found: { zh: '未找到', en: 'Not found' },
  out_of_scope: { zh: '不在您的数据范围内', en: 'Outside your data scope' },
  in_use: { zh: '仍在使用中', en: 'Still in use' },
  in_the_past: { zh: '时间已过', en: 'This lies in the past' },
  masked: { zh: '含有脱敏符号 *，请填写完整内容', en: 'Holds masking asterisks; give the whole value' },
  duplicate_in_file: { zh: '与第 {row} 行重复', en: 'The same as row {row}' },
  differs_in_file: { zh: '与第 {row} 行同一人的内容不一致', en: 'Differs from row {row}, which is the same person' },
  exists_already: { zh: '已存在，未选择更新', en: 'Exists already, and updating was not chosen' },
  times_overlap: { zh: '与另一时段重叠', en: 'Overlaps another of these times' },
  differs: { zh: '与内容不符', en: 'Differs from the content' },
  taken_in_before: { zh: '该罪犯的这个文件已导入过', en: 'This file was taken in for this inmate before' },
  duplicate: { zh: '重复', en: 'Given twice' },
  password_simple: { zh: '密码须同时含有字母和数字', en: 'Letters and digits, both' },
  linked_already: { zh: '您已绑定该罪犯', en: 'You are linked to this inmate already' },
  applied_already: { zh: '已有一件正在审核的相同申请', en: 'The same application is under review already' },
  not_linked: { zh: '您尚未绑定该罪犯', en: 'You are not linked to this inmate' },
  period_too_long: { zh: '有效期最长 {limit} 个月', en: 'At most {limit} months' },
  guardian_needed: { zh: '未成年人须填写监护人', en: 'Say who answers for the minor' },
  placeholder_unknown: { zh: '没有占位符 {name}', en: 'There is no placeholder {name}' },
  heard_too_little: {
    zh: '收听比例未达到规则要求，请继续收听或说明原因',
    en: 'Less was heard than the rule asks for: listen on, or say why not',
  },
  cannot_listen: { zh: '该民警不能复听此记录', en: 'This officer may not listen to this conversation' },
  word_single: {
    zh: '单个字处处都会命中：请设“邻近”条件，或改用更长的词',
    en: 'One character alone is found everywhere: say near what it counts, or use a longer word',
  },
  word_empty: {
    zh: '须含有文字、字母或数字（标点和符号不参与匹配）',
    en: 'Needs a character, letter or digit; punctuation and symbols do not count',
  },
  same_as_word: { zh: '不能与敏感词相同', en: 'This is the word itself' },
  ward_not_in_prison: { zh: '监区不属于该监狱', en: 'This ward is not of that prison' },
  changed_meanwhile: {
    zh: '导入写入期间已被他人修改或删除，保持他人所写，此行未写入',
    en: 'Changed or deleted by somebody else while the import was being written; left as it is',
  },
  taken_meanwhile: {
    zh: '导入写入期间已由他人登记使用，此行未写入',
    en: 'Registered by somebody else while the import was being written; this row was left out',
  },
} as const satisfies Record<string, Localised>;

export type FieldErrorCode = keyof typeof FIELD_ERRORS;
/** Why a field was refused, in both languages. */
export type FieldReason = Localised;

/** The texts of a field error's code; any other text is shown as it is, in both languages. */
export function fieldReason(reason: string | FieldReason, params: Record<string, string | number> = {}): FieldReason {
  if (typeof reason !== 'string') return reason;
  const known: Localised = Object.hasOwn(FIELD_ERRORS, reason) ? FIELD_ERRORS[reason as FieldErrorCode] : { zh: reason, en: reason };
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
  return { zh: fill(known.zh), en: fill(known.en) };
}

/** One finding of zod in words for users. A rule of our own names its code as its message. */
export function reasonOf(issue: z.core.$ZodIssue): FieldReason {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.message.includes('received undefined') ? fieldReason('required') : fieldReason('invalid');
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return fieldReason(SIZE_CODES[issue.origin]?.big ?? 'too_large', { limit: Number(issue.maximum) });
    case 'invalid_value':
      return fieldReason('not_a_choice');
    case 'invalid_format':
      if (Object.hasOwn(FIELD_ERRORS, issue.message)) return fieldReason(issue.message);
      return fieldReason(issue.format === 'date' || issue.format === 'datetime' ? 'not_a_date' : 'invalid');
    case 'custom':
      return fieldReason(issue.message === 'Invalid input' ? 'invalid' : issue.message);
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return fieldReason('invalid');
}

const SIZE_CODES: Record<string, { small: FieldErrorCode; big: FieldErrorCode }> = {
  string: { small: 'too_short', big: 'too_long' },
  array: { small: 'too_few', big: 'too_many' },
  set: { small: 'too_few', big: 'too_many' },
};

function tooSmall(issue: z.core.$ZodIssueTooSmall): FieldReason {
  if (issue.origin === 'string' && issue.minimum === 1) return fieldReason('required');
  return fieldReason(SIZE_CODES[issue.origin]?.small ?? 'too_small', { limit: Number(issue.minimum) });
}
