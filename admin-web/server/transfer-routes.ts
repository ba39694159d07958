import { type Permission, QinqiaoError, type TransferKindView } from '@qinqiao/contracts';
import type { OfficerAccess } from '@qinqiao/domain/access';
import { assertConfirmed } from '@qinqiao/domain/identity';
import {
  addTransfer,
  askToCancel,
  exportWorkbook,
  IMPORT_JOB,
  listTransfers,
  requireKind,
  requireTransfer,
  templateWorkbook,
  TRANSFER_KINDS,
  TransferFiles,
  type TransferKind,
  viewTransfer,
} from '@qinqiao/domain/transfers';
import { type Db, JobQueue, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { Readable } from 'node:stream';
import { officerActor, requireLogin, requireOfficer } from './access.ts';
import type { ServerDeps } from './context.ts';
import { XLSX } from './files.ts';
import type { RestHandlers, RestRequest } from './router.ts';

type Routes =
  | 'listTransferKinds'
  | 'getTransferTemplate'
  | 'startImport'
  | 'exportPeople'
  | 'listTransfers'
  | 'getTransfer'
  | 'cancelTransfer'
  | 'getTransferErrors';

/** Files of people in and out. Transfers are the officer's own; whom they may concern is decided row by row. */
export function transferRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { db, crypto, config } = deps;
  const files = new TransferFiles(config.dataDir, crypto);
  return {
    listTransferKinds: async ({ officer }) => {
      const { permissions } = requireOfficer({ officer });
      return {
        items: TRANSFER_KINDS.map((kind) => viewKind(kind, permissions)).filter(({ canImport, canExport }) => canImport || canExport),
      };
    },
    getTransferTemplate: async ({ officer, params }) => {
      const kind = requireKind(params.kind);
      assertMay(requireOfficer({ officer }), kind.importPermission);
      return { name: `${kind.title.zh}导入模板.xlsx`, type: XLSX, content: Readable.from([await templateWorkbook(kind)]) };
    },
    startImport: (request) => startImport(deps, files, request),
    exportPeople: (request) => exportPeople(deps, request),
    // Whose the transfer is, is asked with each query; the tables know no data scope.
    listTransfers: ({ officer, query }) => listTransfers(db, requireOfficer({ officer }).id, query),
    getTransfer: async ({ officer, params }) => viewTransfer(await requireTransfer(db, requireOfficer({ officer }).id, params.id)),
    cancelTransfer: async ({ officer, params }) => {
      const { id } = requireOfficer({ officer });
      const transfer = await requireTransfer(db, id, params.id);
      await db.transaction().execute(async (trx) => {
        if (!(await askToCancel(trx, params.id))) throw new QinqiaoError('wrong_state');
        await audit(deps, trx, { officer }, 'transfer.cancel', params.id, { kind: transfer.kind });
      });
      return viewTransfer(await requireTransfer(db, id, params.id));
    },
    getTransferErrors: async ({ officer, params }) => {
      const transfer = await requireTransfer(db, requireOfficer({ officer }).id, params.id);
      if (transfer.has_error_file !== 1) throw new QinqiaoError('not_found');
      const content = await files.stream(params.id, 'errors');
      await audit(deps, db, { officer }, 'transfer.errors', params.id, { kind: transfer.kind });
      return { name: `${transfer.file_name.replace(/\.\w+$/, '')}-错误.xlsx`, type: XLSX, content };
    },
  };
}

function viewKind(kind: TransferKind, permissions: ReadonlySet<Permission>): TransferKindView {
  const { name, title, columns, importPermission, exportPermission } = kind;
  const may = (permission: Permission | undefined) => permission !== undefined && permissions.has(permission);
  return {
    kind: name,
    title,
    columns: columns.map(({ key, title: of, required, note }) => ({ key, title: of, required: required === true, note: note ?? null })),
    canImport: may(importPermission),
    canExport: may(exportPermission),
  };
}

function assertMay({ permissions }: OfficerAccess, permission: Permission | undefined): void {
  if (!permission || !permissions.has(permission)) throw new QinqiaoError('forbidden');
}

function audit(
  { clock }: ServerDeps,
  db: Db,
  { officer }: { officer: OfficerAccess | null },
  action: string,
  id: string,
  detail: Record<string, unknown>,
) {
  const at = toInstant(clock.now());
  return writeAudit(db, { at, actor: officerActor({ officer }), action, subject: { kind: 'transfer', id }, detail });
}

async function startImport(deps: ServerDeps, files: TransferFiles, request: RestRequest<'startImport'>) {
  const { db, clock } = deps;
  const { officer: asking, params, query, stream } = request;
  const officer = requireOfficer({ officer: asking });
  const kind = requireKind(params.kind);
  assertMay(officer, kind.importPermission);
  if (kind.confirmImport) await assertConfirmed(db, clock, requireLogin(request.who));
  if (!/\.(xlsx|csv)$/i.test(query.name))
    throw new QinqiaoError('file_invalid', { fields: { name: { zh: '只能导入 .xlsx 或 .csv 文件', en: 'Only .xlsx and .csv files' } } });
  const id = newId();
  const { bytes, sm3 } = await files.write(id, 'in', stream);
  if (bytes === 0) {
    await files.remove(id, 'in');
    throw new QinqiaoError('file_invalid');
  }
  const { name: fileName, mode, checkOnly } = query;
  const queue = new JobQueue(db, { owner: 'web', clock });
  return db.transaction().execute(async (trx) => {
    const row = await addTransfer(trx, { id, direction: 'import', kind: kind.name, mode, checkOnly, fileName, officer }, clock.now());
    await queue.enqueue(trx, { kind: IMPORT_JOB, key: id, payload: {} });
    await audit(deps, trx, { officer }, 'transfer.import', id, { kind: kind.name, mode, checkOnly, fileName, bytes, sm3 });
    return viewTransfer(row);
  });
}

async function exportPeople(deps: ServerDeps, { db, officer: asking, params, body }: RestRequest<'exportPeople'>) {
  const { crypto, clock } = deps;
  const officer = requireOfficer({ officer: asking });
  const kind = requireKind(params.kind);
  assertMay(officer, kind.exportPermission);
  const { filter, reason, clear } = body;
  if (clear) assertMay(officer, 'person.unmask');
  const fileName = `${kind.title.zh}-${toInstant(clock.now()).slice(0, 10)}.xlsx`;
  const transfer = await deps.db.transaction().execute(async (trx) => {
    const row = await addTransfer(trx, { direction: 'export', kind: kind.name, fileName, officer }, clock.now());
    await audit(deps, trx, { officer }, `${kind.name}.export`, row.id, { filter, reason, clear });
    if (clear) await audit(deps, trx, { officer }, 'person.unmask', row.id, { kind: kind.name, filter, reason });
    return row;
  });
  const content = exportWorkbook(
    kind,
    { db, crypto, seen: officer.seen, filter, clear },
    { store: deps.db, id: transfer.id, now: () => clock.now() },
  );
  return { name: fileName, type: XLSX, content };
}
