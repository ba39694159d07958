import { pinyin } from 'pinyin-pro';

const MOST = 64;

/**
 * The initials of a name's pinyin, lower case: 陈建国 → cjg, 单雄信 → sxx (surnames are read as such). Letters and digits stand for
 * themselves, all else is left out; never empty, so that a row without initials is one that has none yet.
 */
export function pinyinInitials(name: string): string {
  const initials = pinyin(name, { pattern: 'first', toneType: 'none', type: 'array', surname: 'head', nonZh: 'consecutive' });
  const text = initials
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return text.slice(0, MOST) || '-';
}
