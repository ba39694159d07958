import { describe, expect, it } from 'vitest';
import { OptionalNote, RequiredLine, RequiredNote, RequiredText } from './person-fields.ts';

const ACCEPTED = (schema: { safeParse: (text: unknown) => { success: boolean } }, text: unknown) => schema.safeParse(text).success;

describe('texts people write', () => {
  it('notes keep their lines, whatever made the line breaks', () => {
    expect(RequiredNote(100).parse(' 第一行\r\n第二行\r第三行\n\n第四行\t尾 ')).toBe('第一行\n第二行\n第三行\n\n第四行 尾');
    expect(OptionalNote(10).parse(undefined)).toBe('');
  });

  it('notes take no other control characters, nothing empty and nothing too long', () => {
    for (const text of ['a\u0000b', 'a\u001bb', 'a\u007fb', ' \r\n ', 'x'.repeat(11)])
      expect(ACCEPTED(RequiredNote(10), text), text).toBe(false);
    // Measured as it is kept: CR LF is one.
    expect(RequiredNote(3).parse('a\r\nb')).toBe('a\nb');
  });

  it('a line stays one line', () => {
    expect(RequiredLine(20).parse('他说 \n\r\n 明天来\n')).toBe('他说 明天来');
    expect(ACCEPTED(RequiredLine(20), '\n \n')).toBe(false);
    expect(ACCEPTED(RequiredText(20), '两\n行')).toBe(false);
  });
});
