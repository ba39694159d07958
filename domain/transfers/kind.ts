import type { FieldReason, ImportMode, Localised, Permission } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import type { SeenUnits } from '../scope/index.ts';

export interface TransferColumn {
  /** Field of the input, and of the errors that name it. */
  key: string;
  title: Localised;
  /** Characters. */
  width: number;
  required?: true;
  /** What may stand in it. */
  note?: Localised;
}

/** A row of a file: its number in the file, and its cells by column key; cells of columns that the file lacks are left out. */
export interface FileRow {
  number: number;
  cells: Record<string, string>;
}
/** What is wrong with a row, by column key. */
export type RowProblems = Map<number, Record<string, FieldReason>>;

export interface ImportContext {
  /** The whole store: rows are placed by `seen`, checked row by row. */
  db: Db;
  /** The store as the officer sees it. */
  seenDb: Db;
  seen: SeenUnits;
  crypto: CryptoProvider;
  mode: ImportMode;
  transferId: string;
  officerId: string;
  officerName: string;
  now: Date;
}

/** One import at work. Nothing it does is seen before `commit`. */
export interface Importer {
  /** Checks some rows and stages those that are right. Answers what is wrong with the others. */
  take(rows: readonly FileRow[]): Promise<RowProblems>;
  /** Makes the staged rows real, within the transaction given. Throws `edit_conflict` when somebody changed one of them meanwhile. */
  commit(trx: Db): Promise<{ added: number; updated: number }>;
}

export interface ExportContext {
  /** The store as the officer sees it. */
  db: Db;
  crypto: CryptoProvider;
  /** What he sees, for tables whose rows belong to nobody. */
  seen: SeenUnits;
  /** As in the list's query string. */
  filter: Record<string, string>;
  clear: boolean;
}

/** A kind of file that goes in and out. Register it in `registry.ts`. */
export interface TransferKind {
  name: string;
  title: Localised;
  columns: readonly TransferColumn[];
  importPermission?: Permission;
  /** An import asks who one is anew, as exports always do. */
  confirmImport?: true;
  exportPermission?: Permission;
  importer?: (context: ImportContext) => Promise<Importer>;
  /** Forgets what a broken-off import has staged. */
  discard?: (db: Db, transferId: string) => Promise<void>;
  /** Pages of rows, cells in the order of the columns. Throws `bad_request` for a filter that is not valid. */
  exporter?: (context: ExportContext) => AsyncGenerator<string[][]>;
}
