import { PassThrough, type Readable } from 'node:stream';
import { exceljs } from './exceljs.ts';

export interface WorkbookColumn {
  header: string;
  /** Characters. */
  width: number;
}

/** The longest text that a cell of Excel takes. */
const CELL = 32_767;
const ROWS_BETWEEN_WAITS = 500;

/** An Excel workbook of one sheet that is written while its rows come in, however many: at most 1,048,575. Ends with an error when reading them does. */
export function streamWorkbook(name: string, columns: WorkbookColumn[], rows: AsyncIterable<(string | number)[]>): Readable {
  const out = new PassThrough();
  write(out, name, columns, rows).catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  return out;
}

async function write(out: PassThrough, name: string, columns: WorkbookColumn[], rows: AsyncIterable<(string | number)[]>): Promise<void> {
  const excel = await exceljs();
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: out });
  const sheet = workbook.addWorksheet(name);
  sheet.columns = columns;
  let written = 0;
  for await (const row of rows) {
    sheet.addRow(row.map((cell) => (typeof cell === 'string' ? cell.slice(0, CELL) : cell))).commit();
    if (++written % ROWS_BETWEEN_WAITS === 0) await drained(out);
    if (out.destroyed) return;
  }
  sheet.commit();
  await workbook.commit();
}

/** Nobody may read any more: then there is nothing to wait for. */
async function drained(out: PassThrough): Promise<void> {
  if (!out.writableNeedDrain || out.destroyed) return;
  await new Promise<void>((resolve) => void out.once('drain', resolve).once('close', resolve));
}
