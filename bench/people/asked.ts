import { FAMILIES, idNumberOf, idOf, INMATES, phoneOf } from './generate.ts';

export const random = (size: number) => Math.floor(Math.random() * size);
const one = (texts: readonly string[]) => encodeURIComponent(texts[random(texts.length)] ?? '');

/** What is asked, by name. */
export const ASKED: Record<string, () => string> = {
  'inmates: first page': () => '/api/inmates',
  'inmates: level, state': () => '/api/inmates?level=strict&state=in_custody',
  'inmates: rare flags': () => '/api/inmates?keyControl=true&involved=cult&level=observation',
  'inmates: by name': () => `/api/inmates?text=${one(['王', '李伟', '孔', '欧阳'])}`,
  'inmates: part of a name': () => `/api/inmates?text=${one(['建国', '雪飞', '鹏'])}`,
  'inmates: pinyin': () => `/api/inmates?text=${one(['w', 'zw', 'lxm', 'qq'])}`,
  'inmates: number': () => `/api/inmates?text=310${random(9)}0`,
  'inmates: ID number': () => `/api/inmates?text=${idNumberOf(random(INMATES))}`,
  'families: first page': () => '/api/families',
  'families: by name': () => `/api/families?text=${one(['王', '李伟', '孔', '欧阳'])}`,
  'families: part of a name': () => `/api/families?text=${one(['建国', '雪飞', '鹏'])}`,
  'families: pinyin': () => `/api/families?text=${one(['w', 'zw', 'lxm', 'qq'])}`,
  'families: phone': () => `/api/families?text=${phoneOf(random(FAMILIES))}`,
  'families: of one inmate': () => `/api/families?inmateId=${idOf('i', random(INMATES))}`,
};
/** Looks at one person, which is audited. */
export const DETAILS: Record<string, () => string> = {
  'inmate: detail (audited)': () => `/api/inmates/${idOf('i', random(INMATES / 15) * 15 + 3)}`,
  'family: detail (audited)': () => `/api/families/${idOf('f', random(3000) * 15 + 3)}`,
};

export const PATHS = [...Object.values(ASKED), ...Object.values(DETAILS)];

export const OFFICER_LISTS: Record<string, () => string> = {
  'first page': () => '/api/officers',
  'of one prison': () => `/api/officers?prisonId=prison-${random(15)}`,
  'by name': () => `/api/officers?text=${one(['王', '李伟', '孔'])}`,
  'by pinyin': () => `/api/officers?text=${one(['w', 'zw', 'lxm'])}`,
  'by account': () => `/api/officers?text=police${random(10)}${random(10)}`,
};
