import { deflateRawSync } from 'node:zlib';
import excel from 'exceljs';
import { describe, expect, it } from 'vitest';
import { asTyped, type Bytes, harmless, readCsv, readXlsx } from './index.ts';

const bytesOf = (content: Buffer): Bytes => ({
  bytes: content.length,
  async *read(from, to) {
    // In small pieces, so that characters and elements are cut in two.
    for (let at = from; at < to; at += 1000) yield content.subarray(at, Math.min(to, at + 1000));
  },
});
const rowsOf = async (rows: AsyncIterable<{ number: number; cells: string[] }>) => {
  const all = [];
  for await (const row of rows) all.push(row);
  return all;
};

async function workbook(rows: unknown[][]): Promise<Buffer> {
  const book = new excel.Workbook();
  book.addWorksheet('表').addRows(rows);
  book.addWorksheet('second').addRow(['not this']);
  return Buffer.from(await book.xlsx.writeBuffer());
}

interface Member {
  name: string;
  content: Buffer;
}
/** A zip archive made by hand, so that it can lie. */
function archive(members: Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30 + name.length);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.write(name, 30);
    const central = Buffer.alloc(46 + name.length);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(10, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    central.write(name, 46);
    locals.push(local, packed);
    directory.push(central);
    offset += local.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

describe('reading a workbook', () => {
  it('reads text, numbers, formulas, links, rich text and dates as text, and skips empty rows', async () => {
    const content = await workbook([
      ['姓名', '号码'],
      ['王 & <李>', 13800000001],
      [],
      [
        { formula: 'A1&"x"', result: '=cmd' },
        { text: '链接', hyperlink: 'http://example.org' },
        { richText: [{ text: '富' }, { text: '文本' }] },
      ],
      [new Date('1985-04-12T00:00:00Z'), true, '310101198504121235'],
    ]);
    expect(await rowsOf(readXlsx(bytesOf(content)))).toEqual([
      { number: 1, cells: ['姓名', '号码'] },
      { number: 2, cells: ['王 & <李>', '13800000001'] },
      { number: 4, cells: ['=cmd', '链接', '富文本'] },
      { number: 5, cells: ['31149', 'TRUE', '310101198504121235'] },
    ]);
  });

  it('reads a workbook with namespace prefixes and inline text', async () => {
    const sheet =
      '<x:worksheet><x:sheetData><x:row r="3"><x:c r="B3" t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>';
    const content = archive([{ name: 'xl/worksheets/sheet1.xml', content: Buffer.from(sheet) }]);
    expect(await rowsOf(readXlsx(bytesOf(content)))).toEqual([{ number: 3, cells: ['', '甲'] }]);
  });

  it('refuses what is no workbook, and what inflates beyond all measure', async () => {
    for (const bad of [Buffer.alloc(0), Buffer.from('PK not a zip'), archive([{ name: 'a.txt', content: Buffer.from('x') }])]) {
      await expect(rowsOf(readXlsx(bytesOf(bad)))).rejects.toMatchObject({ code: 'file_invalid' });
    }
    const bomb = archive([{ name: 'xl/worksheets/sheet1.xml', content: Buffer.alloc(50_000_000, 0x20) }]);
    expect(bomb.length).toBeLessThan(100_000);
    await expect(rowsOf(readXlsx(bytesOf(bomb)))).rejects.toMatchObject({ code: 'file_invalid' });
    const truncated = (await workbook([['a']])).subarray(40);
    await expect(rowsOf(readXlsx(bytesOf(truncated)))).rejects.toMatchObject({ code: 'file_invalid' });
  });
});

describe('reading CSV', () => {
  it('reads quotes, line ends of both kinds, other separators and GB 18030', async () => {
    const text = '\ufeff姓名,备注\r\n"王,五","说 ""好"""\n\n李四,"两\n行"';
    expect(await rowsOf(readCsv(bytesOf(Buffer.from(text))))).toEqual([
      { number: 1, cells: ['姓名', '备注'] },
      { number: 2, cells: ['王,五', '说 "好"'] },
      { number: 4, cells: ['李四', '两\n行'] },
    ]);
    const gbk = Buffer.from([0xd0, 0xd5, 0xc3, 0xfb, 0x3b, 0x41, 0x0a]);
    expect(await rowsOf(readCsv(bytesOf(gbk)))).toEqual([{ number: 1, cells: ['姓名', 'A'] }]);
  });
});

describe('cells that look like formulas', () => {
  it('are made harmless, and read back as they were', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '\t=1']) {
      expect(harmless(text)).toBe(`'${text}`);
      expect(asTyped(harmless(text))).toBe(text);
    }
    expect(harmless('王=五')).toBe('王=五');
  });
});
