import { QinqiaoError } from '@qinqiao/contracts';
import { asTyped, type Bytes, readCsv, readXlsx, type SheetRow } from '@qinqiao/server-kit';
import type { FileRow, TransferColumn } from './kind.ts';

/** More belongs into several files. */
export const MOST_ROWS = 200_000;
/** Headings beside the kind's columns that the product itself writes. */
export const ERROR_HEADING = '错误 Error';

export interface FileTable {
  /** The headings as they stand in the file. */
  headings: string[];
  /** The column of each heading; null for one that is not known. */
  columns: (TransferColumn | null)[];
  rows: AsyncGenerator<SheetRow>;
}

export const heading = ({ title, required }: TransferColumn): string => `${title.zh} ${title.en}${required ? ' *' : ''}`;

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/[\s*＊_-]/g, '')
    .toLowerCase();

/**
 * Reads a file's first row as headings: in Chinese, English, both or by key, in any order, with others between.
 * Throws `file_invalid` for a file without rows, with a heading twice, or without the column that rows are told apart by.
 */
export async function openTable(
  source: Bytes,
  fileName: string,
  columns: readonly TransferColumn[],
  needed: readonly string[],
): Promise<FileTable> {
  const rows = /\.csv$/i.test(fileName) ? readCsv(source) : readXlsx(source);
  const first = await rows.next();
  if (first.done) throw new QinqiaoError('file_invalid');
  const known = new Map(
    columns.flatMap((column) => [column.key, column.title.zh, column.title.en, heading(column)].map((name) => [plain(name), column])),
  );
  const found = first.value.cells.map((cell) => known.get(plain(cell)) ?? null);
  const keys = found.flatMap((column) => column?.key ?? []);
  const missing = columns.filter(({ key }) => needed.includes(key) && !keys.includes(key));
  if (missing.length > 0 || new Set(keys).size < keys.length)
    throw new QinqiaoError('file_invalid', { fields: { header: headingProblem(missing) } });
  return { headings: first.value.cells, columns: found, rows };
}

function headingProblem(missing: readonly TransferColumn[]) {
  if (missing.length === 0) return { zh: '列标题重复', en: 'a column heading stands twice' };
  const names = (language: 'zh' | 'en') => missing.map(({ title }) => title[language]).join(', ');
  return { zh: `缺少列：${names('zh')}`, en: `missing columns: ${names('en')}` };
}

/** The rows as they are checked, in portions. Throws `transfer_too_large` beyond `MOST_ROWS`. */
export async function* portions({ columns, rows }: FileTable, size: number): AsyncGenerator<FileRow[]> {
  let portion: FileRow[] = [];
  let count = 0;
  for await (const { number, cells } of rows) {
    if (++count > MOST_ROWS) throw new QinqiaoError('transfer_too_large');
    portion.push({ number, cells: named(columns, cells) });
    if (portion.length < size) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

function named(columns: readonly (TransferColumn | null)[], cells: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    const text = cells[index];
    if (column && text) row[column.key] = asTyped(text);
  }
  return row;
}
