import { z } from 'zod';
import { Instant, Localised } from '../ids.ts';
import { RequiredNote } from '../person-fields.ts';
import { Flag, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

export const TransferColumnView = z.object({
  key: z.string(),
  title: Localised,
  required: z.boolean(),
  note: Localised.nullable(),
});
export const TransferKindView = z.object({
  kind: z.string(),
  title: Localised,
  columns: z.array(TransferColumnView),
  canImport: z.boolean(),
  canExport: z.boolean(),
});
export type TransferKindView = z.infer<typeof TransferKindView>;

/**
 * `writing`: every row is right, the import is decided and can no longer be cancelled; its people appear one after the other. `wrong`: rows
 * were wrong, nothing was imported, and the file of errors is there.
 */
export const TransferState = z.enum(['queued', 'running', 'writing', 'done', 'wrong', 'failed', 'cancelled']);
export type TransferState = z.infer<typeof TransferState>;
/** What to do with those who are there already: refuse, or update them; empty cells leave things as they are. */
export const ImportMode = z.enum(['new', 'update']);
export type ImportMode = z.infer<typeof ImportMode>;

export const TransferView = z.object({
  id: z.string(),
  direction: z.enum(['import', 'export']),
  kind: z.string(),
  title: Localised,
  state: TransferState,
  mode: ImportMode,
  checkOnly: z.boolean(),
  fileName: z.string(),
  /** 0…100. */
  progress: z.number().min(0).max(100),
  rows: z.number().int(),
  added: z.number().int(),
  updated: z.number().int(),
  wrong: z.number().int(),
  /** Rows that were not written because somebody else changed the same while the import was written; the file of errors names them. */
  left: z.number().int(),
  /** Why it failed. */
  error: Localised.nullable(),
  hasErrorFile: z.boolean(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
});
export type TransferView = z.infer<typeof TransferView>;

const Kind = z.string().min(1).max(32);
const Params = z.object({ id: z.string().min(1).max(32) });
const KindParams = z.object({ kind: Kind });
const File = z.object({});

/** Excel and CSV files in and out, of every kind that registers (domain/transfers). The handlers ask for the kind's own permission. */
export const transferRest = {
  listTransferKinds: {
    method: 'get',
    path: '/api/transfers/kinds',
    roles: OFFICER,
    response: z.object({ items: z.array(TransferKindView) }),
  },
  /** An empty workbook with the kind's columns, and what may stand in them. */
  getTransferTemplate: {
    method: 'get',
    path: '/api/transfers/kinds/:kind/template',
    roles: OFFICER,
    file: 'out',
    params: KindParams,
    response: File,
  },
  /** Takes an .xlsx or .csv file and works on it in the background. */
  startImport: {
    method: 'post',
    path: '/api/transfers/kinds/:kind/imports',
    roles: OFFICER,
    file: 'in',
    params: KindParams,
    query: z.object({
      name: z.string().trim().min(1).max(200),
      mode: ImportMode.default('new'),
      checkOnly: Flag.default(false),
    }),
    response: TransferView,
  },
  /** All who fit the filter (as in the list's query), as a workbook. `clear`: personal data unmasked, for those who may. */
  exportPeople: {
    method: 'post',
    path: '/api/transfers/kinds/:kind/exports',
    roles: OFFICER,
    reauth: true,
    file: 'out',
    params: KindParams,
    body: z.object({
      filter: z.record(z.string().max(32), z.string().max(64)).default({}),
      reason: RequiredNote(200),
      clear: z.boolean().default(false),
    }),
    response: File,
  },
  /** The officer's own imports and exports, the newest first. */
  listTransfers: { method: 'get', path: '/api/transfers', roles: OFFICER, query: Page, response: list(TransferView) },
  getTransfer: { method: 'get', path: '/api/transfers/:id', roles: OFFICER, params: Params, response: TransferView },
  cancelTransfer: { method: 'post', path: '/api/transfers/:id/cancel', roles: OFFICER, params: Params, response: TransferView },
  /** The rows as they were sent, with what is wrong beside each; mended, it can be sent again. */
  getTransferErrors: { method: 'get', path: '/api/transfers/:id/errors', roles: OFFICER, file: 'out', params: Params, response: File },
} as const satisfies Record<string, RestEndpoint>;
