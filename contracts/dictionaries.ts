import { z } from 'zod';
import { type Localised, Instant } from './ids.ts';

const Code = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'lower-case letters, digits and _, at most 32');
const Name = z.object({ zh: z.string().trim().min(1).max(64), en: z.string().trim().min(1).max(64) });

export const DictionaryEntry = Name.extend({
  code: Code,
  /** A disabled entry is not offered any more; where it was chosen before it still shows. */
  enabled: z.boolean(),
  /** Chosen at least once: it can be disabled, not deleted. */
  used: z.boolean(),
  builtIn: z.boolean(),
});
export type DictionaryEntry = z.infer<typeof DictionaryEntry>;

export const Dictionary = Name.extend({
  code: Code,
  builtIn: z.boolean(),
  /** Of the dictionary with its entries. */
  version: z.number().int().nonnegative(),
  updatedAt: Instant,
  /** In the order in which they are offered. */
  entries: z.array(DictionaryEntry),
});
export type Dictionary = z.infer<typeof Dictionary>;

export const NewDictionary = Name.extend({ code: Code });
export const NewDictionaryEntry = Name.extend({ code: Code });
export const DictionaryCode = Code;
export const DictionaryName = Name;
export const MAX_DICTIONARY_ENTRIES = 500;

type Seed = Localised & { entries: Record<string, readonly [zh: string, en: string]> };

/** Dictionaries that every installation has. Sites add entries and dictionaries of their own. */
export const DICTIONARIES = {
  treatment_level: {
    zh: '处遇等级',
    en: 'Treatment level',
    entries: {
      lenient: ['宽管', 'Lenient'],
      common: ['普管', 'Ordinary'],
      observation: ['考察', 'Under observation'],
      strict: ['严管', 'Strict'],
    },
  },
  six_involved: {
    zh: '六涉',
    en: 'Six-involved flags',
    entries: {
      gang: ['涉黑', 'Organised crime'],
      evil: ['涉恶', 'Criminal gangs'],
      drugs: ['涉毒', 'Drugs'],
      guns: ['涉枪', 'Firearms'],
      cult: ['涉邪', 'Cults'],
      terror: ['涉恐', 'Terrorism'],
    },
  },
  relation: {
    zh: '与罪犯关系',
    en: 'Relation to the inmate',
    entries: {
      father: ['父亲', 'Father'],
      mother: ['母亲', 'Mother'],
      husband: ['丈夫', 'Husband'],
      wife: ['妻子', 'Wife'],
      son: ['儿子', 'Son'],
      daughter: ['女儿', 'Daughter'],
      brother: ['兄弟', 'Brother'],
      sister: ['姐妹', 'Sister'],
      grandparent: ['祖父母、外祖父母', 'Grandparent'],
      grandchild: ['孙子女、外孙子女', 'Grandchild'],
      parent_in_law: ['配偶的父母', 'Parent-in-law'],
      child_in_law: ['子女的配偶', 'Child-in-law'],
      guardian: ['监护人', 'Guardian'],
      other_relative: ['其他亲属', 'Other relative'],
    },
  },
  id_document: {
    zh: '证件类型',
    en: 'Identity document',
    entries: {
      id_card: ['居民身份证', 'Resident identity card'],
      household_register: ['户口簿', 'Household register'],
      hk_macau_permit: ['港澳居民来往内地通行证', 'Travel permit for Hong Kong and Macao residents'],
      taiwan_permit: ['台湾居民来往大陆通行证', 'Travel permit for Taiwan residents'],
      residence_permit: ['港澳台居民居住证', 'Residence permit for Hong Kong, Macao and Taiwan residents'],
      foreign_residence: ['外国人永久居留身份证', 'Foreign permanent resident card'],
      passport: ['护照', 'Passport'],
      police_card: ['人民警察证', 'Police officer card'],
      lawyer_licence: ['律师执业证', 'Lawyer’s licence'],
    },
  },
  gender: { zh: '性别', en: 'Gender', entries: { male: ['男', 'Male'], female: ['女', 'Female'] } },
  approval_reason: {
    zh: '审批常用意见',
    en: 'Usual approval remarks',
    entries: {
      in_order: ['材料齐全，同意', 'Papers complete, approved'],
      by_rule: ['符合规定，同意', 'According to the rules, approved'],
    },
  },
  refusal_reason: {
    zh: '拒绝常用理由',
    en: 'Usual reasons of refusal',
    entries: {
      papers_incomplete: ['材料不齐全，请补充后重新申请', 'Papers incomplete: complete them and apply again'],
      relation_unproven: ['亲属关系证明不符', 'The kinship is not proven'],
      treatment: ['罪犯处遇等级不符合要求', 'The inmate’s treatment level does not allow it'],
      used_up: ['本期次数已用完', 'This period’s number is used up'],
      blocklisted: ['申请人在限制名单中', 'The applicant is on a blocklist'],
    },
  },
  block_reason: {
    zh: '限制会见原因',
    en: 'Reasons of blocklisting',
    entries: {
      contraband: ['传递违禁物品', 'Passed contraband'],
      disorder: ['扰乱会见秩序', 'Disturbed a visit'],
      false_papers: ['提供虚假材料', 'Gave false papers'],
      case_related: ['与案件有关', 'Connected with the case'],
      other: ['其他', 'Other'],
    },
  },
  abnormal_category: {
    zh: '复听异常类别',
    en: 'Kinds of abnormal conversations',
    entries: {
      escape: ['脱逃、袭警等危险言论', 'Escape, assault and other dangers'],
      self_harm: ['自伤自残倾向', 'Self-harm'],
      coded_talk: ['隐语、暗语', 'Coded talk'],
      case_talk: ['谈论案情、串供', 'Talk of the case, collusion'],
      contraband: ['传递违禁物品', 'Contraband'],
      money: ['异常资金往来', 'Unusual money'],
      family_conflict: ['家庭变故、矛盾', 'Trouble in the family'],
      picture: ['画面违规', 'The picture breaks the rules'],
      other: ['其他', 'Other'],
    },
  },
  word_category: {
    zh: '敏感词类别',
    en: 'Categories of sensitive words',
    entries: {
      escape: ['脱逃', 'Escape'],
      self_harm: ['自伤自杀', 'Self-harm'],
      violence: ['暴力、威胁、报复', 'Violence and threats'],
      drugs: ['涉毒', 'Drugs'],
      case_facts: ['案情、串供、翻供', 'Case facts, collusion'],
      money: ['资金往来', 'Money'],
      contraband: ['违禁物品', 'Contraband'],
      discipline: ['监规纪律', 'Discipline'],
      favour: ['请托、打招呼、减刑假释', 'Favours and early release'],
      coded_talk: ['隐语、暗语', 'Coded talk'],
      cult: ['邪教、煽动', 'Cults and incitement'],
      family: ['家庭变故', 'Trouble in the family'],
      other: ['其他', 'Other'],
    },
  },
  evaluation_question: {
    zh: '复听评价项目',
    en: 'Questions of the re-listening evaluation',
    entries: {
      inmate_mood: ['罪犯情绪稳定', 'The inmate is calm'],
      order: ['会见秩序良好', 'The conversation was orderly'],
      supervision: ['现场监管到位', 'It was supervised well'],
      quality: ['音视频质量良好', 'Sound and picture are good'],
    },
  },
  official_business: {
    zh: '对公业务类型',
    en: 'Official business',
    entries: {
      police: ['公安提审', 'Police questioning'],
      discipline: ['纪检监察', 'Discipline inspection'],
      court: ['法院庭审', 'Court hearing'],
      prosecutor: ['检察申诉', 'Prosecutor appeal'],
      notary: ['公证', 'Notary'],
      forensic: ['司法鉴定', 'Forensic appraisal'],
      entrusted_notary: ['委托公证', 'Entrusted notarisation'],
      other: ['其他', 'Other'],
    },
  },
} as const satisfies Record<string, Seed>;
/** A dictionary that every installation has. */
export type BuiltInDictionary = keyof typeof DICTIONARIES;
