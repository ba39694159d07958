import type { Readable } from 'node:stream';
import { type Db, harmless, streamWorkbook } from '@qinqiao/server-kit';
import type { ExportContext, TransferKind } from './kind.ts';
import { endTransfer, updateTransfer } from './repository.ts';
import { heading } from './table.ts';

/** A kind's rows as a workbook that is written while they are read; what came of it is kept with the transfer. `store`: the whole store. */
export function exportWorkbook(
  kind: TransferKind,
  context: ExportContext,
  { store, id, now }: { store: Db; id: string; now: () => Date },
): Readable {
  const columns = kind.columns.map((column) => ({ header: heading(column), width: column.width }));
  async function* rows() {
    let total = 0;
    let whole = false;
    try {
      for await (const page of kind.exporter?.(context) ?? []) {
        for (const row of page) yield row.map(harmless);
        total += page.length;
      }
      whole = true;
    } finally {
      await updateTransfer(store, id, { total });
      await endTransfer(store, id, whole ? 'done' : 'failed', now(), { progress: whole ? 100 : 0 });
    }
  }
  return streamWorkbook(kind.title.zh, columns, rows());
}
