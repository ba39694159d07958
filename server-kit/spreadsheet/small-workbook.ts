import { exceljs } from '../exceljs.ts';

export interface SmallSheet {
  name: string;
  columns: { header: string /** Characters. */; width: number }[];
  rows: string[][];
}

/** A workbook of a few rows, its cells text, its headings bold and always in view. Larger ones: `streamWorkbook`. */
export async function smallWorkbook(sheets: readonly SmallSheet[]): Promise<Buffer> {
  const excel = await exceljs();
  const book = new excel.Workbook();
  for (const { name, columns, rows } of sheets) {
    const sheet = book.addWorksheet(name);
    sheet.columns = columns.map((column) => ({ ...column, style: { numFmt: '@' } }));
    sheet.getRow(1).font = { bold: true };
    sheet.views = [{ state: 'frozen', ySplit: 1 }];
    sheet.addRows(rows);
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}
