import type { Gender, InmateState, Involvement, PersonState, TreatmentLevel, ContactKind } from '@qinqiao/contracts';

type Words<Code extends string> = Record<Code, readonly [zh: string, en: string]>;

/** Codes as files show them; what is written first is what is exported. */
export const GENDERS: Words<Gender> = { male: ['男', 'male'], female: ['女', 'female'], unknown: ['未知', 'unknown'] };
export const LEVELS: Words<TreatmentLevel> = {
  lenient: ['宽管', 'lenient'],
  common: ['普管', 'common'],
  strict: ['严管', 'strict'],
  observation: ['考察', 'observation'],
};
export const INVOLVEMENTS: Words<Involvement> = {
  gang: ['涉黑', 'gang'],
  evil: ['涉恶', 'evil'],
  drugs: ['涉毒', 'drugs'],
  guns: ['涉枪', 'guns'],
  terror: ['涉恐', 'terror'],
  cult: ['涉邪', 'cult'],
};
export const INMATE_STATES: Words<InmateState> = {
  in_custody: ['在押', 'in custody'],
  medical_parole: ['保外就医', 'medical parole'],
  transferred: ['已调出', 'transferred'],
  released: ['已释放', 'released'],
  deceased: ['死亡', 'deceased'],
};
export const PERSON_STATES: Words<PersonState> = { active: ['正常', 'active'], disabled: ['停用', 'disabled'] };
export const CONTACT_KINDS: Words<ContactKind> = { agency: ['对公人员', 'agency'], helper: ['帮教人员', 'helper'] };
const YES = ['是', 'yes', 'y', 'true', '1', '√'];
const NO = ['否', 'no', 'n', 'false', '0', ''];

/** The code of a word in either language; another text stays as it is, for the schema to refuse. */
export function codeOf<Code extends string>(words: Words<Code>, text: string): string {
  const typed = text.trim().toLowerCase();
  const found = Object.entries<readonly string[]>(words).find(([code, names]) => code === typed || names.includes(typed));
  return found?.[0] ?? text;
}

export const wordOf = <Code extends string>(words: Words<Code>, code: Code): string => words[code][0];

/** What may stand in a column of such words, for the template. */
export const noteOf = (words: Words<string>) => ({
  zh: Object.values(words)
    .map(([zh]) => zh)
    .join('、'),
  en: Object.values(words)
    .map(([, en]) => en)
    .join(', '),
});

export const yesOrNo = (text: string): boolean | string => {
  const typed = text.trim().toLowerCase();
  if (YES.includes(typed)) return true;
  return NO.includes(typed) ? false : text;
};

export const listOf = (text: string): string[] => text.split(/[,，、;；|\s]+/u).filter((part) => part !== '');

const DAY_MS = 24 * 3600_000;
/** Day 0 of Excel's calendar, which has a 29 February 1900. */
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);

/** A day as people and Excel write it (2026-1-5, 2026/01/05, 20260105, 2026年1月5日, 46027) as 2026-01-05; else the text as it is. */
export function dayOf(text: string): string {
  const typed = text.normalize('NFKC').trim();
  if (/^\d{4,5}(\.\d+)?$/.test(typed)) return new Date(EXCEL_EPOCH + Math.floor(Number(typed)) * DAY_MS).toISOString().slice(0, 10);
  const parts = /^(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?Z?)?$/.exec(typed);
  const [, year = '', month = '', day = ''] = parts ?? [];
  return parts ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
}
