import { type ExternalTemplate, fillNotice, type NoticeLanguage, type NoticeParams } from '@qinqiao/contracts';

/** The provider's code for a template in a language; the other language's where there is none. Empty: none at all. */
export const codeOf = ({ code }: ExternalTemplate, language: NoticeLanguage): string =>
  code[language] || code[language === 'zh' ? 'en' : 'zh'];

/** The provider's variables with their values. */
export const variablesOf = ({ fields }: ExternalTemplate, params: NoticeParams, language: NoticeLanguage): [string, string][] =>
  fields.map(({ name, value }) => [name, fillNotice(value, params, language)]);
