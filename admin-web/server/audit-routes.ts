import { type AuditVerification, QinqiaoError } from '@qinqiao/contracts';
import {
  archiveAudit,
  askVerification,
  type AuditFilter,
  countTrail,
  findAudit,
  listArchives,
  listAuditActions,
  listVerifications,
  patienceAmong,
  searchAudit,
  type Verification,
} from '@qinqiao/domain/audit';
import { readParameter } from '@qinqiao/domain/settings';
import { type AuditRow, isAuditProtected, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import { auditWorkbook } from './audit-workbook.ts';
import type { ServerDeps } from './context.ts';
import { XLSX } from './files.ts';
import type { RestHandlers } from './router.ts';

type AuditRoutes =
  | 'searchAudit'
  | 'getAudit'
  | 'listAuditActions'
  | 'auditStatus'
  | 'exportAudit'
  | 'verifyAudit'
  | 'listAuditVerifications'
  | 'archiveAudit'
  | 'listAuditArchives';

/** The audit trail. It belongs to no prison: the audit administrator sees all of it, and nobody else any. */
export function auditRoutes(deps: ServerDeps): Pick<RestHandlers, AuditRoutes> {
  const { db, clock } = deps;
  const now = () => toInstant(clock.now());
  return {
    searchAudit: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = await searchAudit(db, filter, { limit, cursor }, patienceAmong(request.crowd()));
      // Reading the trail is an act too; turning its pages is the same one.
      if (cursor === undefined && Object.keys(given(filter)).length > 0) {
        const actor = officerActor(request);
        await writeAudit(db, { at: now(), actor, action: 'audit.search', subject: { kind: 'audit', id: 'trail' }, detail: given(filter) });
      }
      return { ...page, items: page.items.map(recordOf) };
    },
    getAudit: async ({ params }) => {
      const row = await findAudit(db, params.seq);
      if (!row) throw new QinqiaoError('not_found');
      const detail = JSON.parse(row.detail) as Record<string, unknown>;
      return { ...recordOf(row), detail, previousHash: row.previous_hash, hash: row.hash, format: row.format };
    },
    listAuditActions: async () => ({ items: await listAuditActions(db) }),
    auditStatus: async () => {
      const [last] = await listVerifications(db, { limit: 1 });
      return {
        records: await countTrail(db),
        protected: await isAuditProtected(db),
        retentionMonths: await readParameter(db, 'audit.retentionMonths'),
        lastVerification: last ? verificationOf(last) : null,
      };
    },
    exportAudit: async (request) => {
      const detail = given(request.query);
      await writeAudit(db, {
        at: now(),
        actor: officerActor(request),
        action: 'audit.export',
        subject: { kind: 'audit', id: 'trail' },
        detail,
      });
      return { name: `审计记录-${now().slice(0, 10)}.xlsx`, type: XLSX, content: auditWorkbook(db, request.query) };
    },
    verifyAudit: async (request) => verificationOf(await askVerification(db, clock, request.body.extent, officerActor(request))),
    listAuditVerifications: async ({ query }) => {
      const rows = await listVerifications(db, { limit: query.limit + 1, before: query.cursor });
      const items = rows.slice(0, query.limit);
      return { items: items.map(verificationOf), next: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null };
    },
    archiveAudit: async (request) => {
      const months = await readParameter(db, 'audit.retentionMonths');
      const { dataDir, databaseUrl = null } = deps.config;
      return { archived: await archiveAudit({ ...deps, dataDir, database: { dataDir, databaseUrl } }, months, officerActor(request)) };
    },
    listAuditArchives: async () => ({ items: await listArchives(db), next: null }),
  };
}

const given = (filter: AuditFilter): Record<string, unknown> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

const recordOf = (row: AuditRow) => ({
  seq: row.seq,
  at: row.at,
  actorRole: row.actor_role,
  actorId: row.actor_id,
  actorName: row.actor_name,
  action: row.action,
  subjectKind: row.subject_kind,
  subjectId: row.subject_id,
  address: row.address,
  requestId: row.request_id,
});

const verificationOf = (row: Verification): AuditVerification => ({
  id: row.id,
  extent: row.extent,
  state: row.state,
  askedBy: row.asked_by,
  askedAt: row.asked_at,
  endedAt: row.ended_at,
  checked: row.checked,
  total: row.total,
  lastSeq: row.last_seq,
  brokenSeq: row.broken_seq,
  fault: row.fault,
  error: row.error,
});
