import type { FieldErrorCode, FieldReason, ImportMode, Localised, Permission } from '@qinqiao/contracts';
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

/** One import at work. Nothing it does is seen before it is accepted. */
export interface Importer {
  /** Checks some rows and stages those that are right, which may go on until the next call. Answers what is wrong with the others. */
  take(rows: readonly FileRow[]): Promise<RowProblems>;
  /** After the last row, right or wrong: resolves when all is staged that is to be. */
  finish?(): Promise<void>;
  /** Looks, after the last row, whether what was checked still holds. Throws `edit_conflict` when somebody changed it meanwhile. */
  confirm?(): Promise<void>;
  /**
   * Within the transaction that decides the import. A kind without `move` makes its rows real here; with one they stay staged and are
   * moved afterwards, whatever happens. Answers what comes of the import. Throws `edit_conflict`.
   */
  accept(trx: Db): Promise<ImportCounts>;
}

/** People, or whatever the kind has. */
export interface ImportCounts {
  added: number;
  updated: number;
}

/** A row of an accepted import that was not written, because of what somebody else wrote in the meantime. */
export interface LeftRow {
  /** In the file. */
  number: number;
  column: string;
  reason: FieldErrorCode;
}

export interface Moved extends ImportCounts {
  /** That are no longer staged; fewer than were asked for: none is left. */
  taken: number;
  left: readonly LeftRow[];
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
  /** What imports write to, for the database's statistics. */
  tables?: readonly string[];
  /** Makes up to `most` staged people of an accepted import real, each with all that belongs to him, within the transaction given. */
  move?: (trx: Db, transferId: string, most: number) => Promise<Moved>;
  /** Forgets up to `most` of what an import has staged, within the transaction given. Answers how many; fewer than `most`: none is left. */
  discard?: (trx: Db, transferId: string, most: number) => Promise<number>;
  /** Pages of rows, cells in the order of the columns. Throws `bad_request` for a filter that is not valid. */
  exporter?: (context: ExportContext) => AsyncGenerator<string[][]>;
}
