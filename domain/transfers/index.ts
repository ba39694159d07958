export { exportWorkbook } from './export.ts';
export { type FilePart, MOST_FILE_BYTES, TransferFiles } from './files.ts';
export type {
  ExportContext,
  FileRow,
  ImportContext,
  ImportCounts,
  Importer,
  Moved,
  RowProblems,
  TransferColumn,
  TransferKind,
} from './kind.ts';
export { transferMigrations, transferScopes, type TransferTables } from './migrations.ts';
export { findKind, requireKind, TRANSFER_KINDS } from './registry.ts';
export {
  addTransfer,
  askToCancel,
  endTransfer,
  findTransfer,
  listTransfers,
  requireTransfer,
  updateTransfer,
  viewTransfer,
} from './repository.ts';
export { IMPORT_JOB, startTransfers, type TransferDeps } from './service.ts';
export { heading } from './table.ts';
export { templateWorkbook } from './template.ts';
