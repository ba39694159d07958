import type { FieldReason } from '@qinqiao/contracts';
import { harmless, streamWorkbook } from '@qinqiao/server-kit';
import type { TransferFiles } from './files.ts';
import type { TransferColumn, TransferKind } from './kind.ts';
import type { TransferRow } from './repository.ts';
import { ERROR_HEADING, openTable } from './table.ts';

/** What is wrong with a row, in both languages, each reason with its column's name. */
export function problemText(columns: readonly TransferColumn[], problems: Record<string, FieldReason>): string {
  const texts = Object.entries(problems).map(([path, { zh, en }]) => {
    const [key] = path.split('.');
    const title = columns.find((column) => column.key === key)?.title;
    return title ? `${title.zh}：${zh} / ${title.en}: ${en}` : `${zh} / ${en}`;
  });
  return texts.join('\n');
}

/** Writes the file of errors: the rows as they were sent, with what is wrong beside each. `only`: those rows alone that something is wrong with. */
export async function writeErrorFile(
  files: TransferFiles,
  kind: TransferKind,
  transfer: TransferRow,
  { wrong, only }: { wrong: ReadonlyMap<number, string>; only: boolean },
): Promise<void> {
  await using file = await files.open(transfer.id, 'in');
  const table = await openTable(file, transfer.file_name, kind.columns, []);
  // Of a file of errors that was mended and sent again, the old errors go.
  const kept = table.headings.map((_, index) => index).filter((index) => table.headings[index] !== ERROR_HEADING);
  const columns = [...kept.map((index) => ({ header: table.headings[index] ?? '', width: 20 })), { header: ERROR_HEADING, width: 60 }];
  async function* rows() {
    for await (const { number, cells } of table.rows) {
      if (only && !wrong.has(number)) continue;
      yield [...kept.map((index) => harmless(cells[index] ?? '')), wrong.get(number) ?? ''];
    }
  }
  const workbook = streamWorkbook('错误 Errors', columns, rows());
  await files.write(transfer.id, 'errors', workbook, Number.POSITIVE_INFINITY);
}
