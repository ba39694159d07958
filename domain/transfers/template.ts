import { smallWorkbook } from '@qinqiao/server-kit';
import type { TransferKind } from './kind.ts';
import { heading } from './table.ts';

const NOTES = [
  { header: '列 Column', width: 32 },
  { header: '必填 Required', width: 16 },
  { header: '可填内容', width: 40 },
  { header: 'What may stand in it', width: 60 },
];

/** An empty workbook with a kind's headings, and a second sheet that says what may stand in each column. */
export function templateWorkbook({ title, columns }: TransferKind): Promise<Buffer> {
  const headings = columns.map((column) => ({ header: heading(column), width: Math.max(column.width, heading(column).length + 4) }));
  const notes = columns.map(({ title: name, required, note }) => [
    `${name.zh} ${name.en}`,
    required ? '是 yes' : '',
    note?.zh ?? '',
    note?.en ?? '',
  ]);
  return smallWorkbook([
    { name: title.zh, columns: headings, rows: [] },
    { name: '填写说明 Notes', columns: NOTES, rows: notes },
  ]);
}
