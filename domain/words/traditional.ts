import { createRequire } from 'node:module';

const HAN_FROM = 0x3400;
const HAN_TO = 0xfaff;

/**
 * The simplified form of every single traditional character, as pairs of UTF-16 units. From OpenCC's tables, which are read only when the
 * first text is looked at; characters whose simplified form depends on the word around them take the usual one.
 */
export function simplifiedForms(): Map<number, number> {
  const { Converter } = createRequire(import.meta.url)('opencc-js/t2cn') as typeof import('opencc-js/t2cn');
  const simplify = Converter({ from: 't', to: 'cn' });
  const forms = new Map<number, number>();
  for (let unit = HAN_FROM; unit <= HAN_TO; unit++) {
    if (unit >= 0xa000 && unit < 0xf900) continue;
    const simple = simplify(String.fromCharCode(unit));
    if (simple.length === 1 && simple.charCodeAt(0) !== unit) forms.set(unit, simple.charCodeAt(0));
  }
  return forms;
}
