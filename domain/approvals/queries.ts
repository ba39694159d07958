import { type ApprovalType, type CaseState, type FlowDefinition, type Instant, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { ApprovalCase, CaseEvent } from './case.ts';
import { getFlowVersion } from './flows.ts';
import { fromCursor, startsWith, toPage } from './keys.ts';
import type { ApprovalTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

/** A case in full: what is decided on, where it stands, and the flow it runs in. Throws `not_found`. */
export async function getCase(db: Db, id: string) {
  const row = await tables(db).selectFrom('approval_cases').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  const { definition, name } = await getFlowVersion(db, row.flow_id, row.flow_version);
  return {
    id,
    prisonId: row.prison_id,
    type: row.type,
    title: row.title,
    subject: { kind: row.subject_kind, id: row.subject_id },
    snapshot: JSON.parse(row.snapshot) as Record<string, unknown>,
    state: row.state,
    version: row.version,
    submittedAt: row.submitted_at,
    decidedAt: row.decided_at,
    flow: { id: row.flow_id, version: row.flow_version, name, definition: definition satisfies FlowDefinition },
    session: JSON.parse(row.session) as ApprovalCase,
  };
}

export interface CaseFilter {
  prisonId?: string;
  type?: ApprovalType;
  state?: CaseState;
  /** The beginning of the applicant's name, and of one of the officers who were asked. */
  applicant?: string;
  approver?: string;
  inmateId?: string;
  subject?: { kind: string; id: string };
  /** Of `submittedAt`: from inclusive, to exclusive. */
  from?: Instant;
  to?: Instant;
  cursor?: string;
  limit: number;
}

/** A page of cases, newest first: the approval records. Throws `bad_request` on a foreign cursor. */
export async function listCases(db: Db, filter: CaseFilter) {
  let query = tables(db)
    .selectFrom('approval_cases')
    .select(['id', 'prison_id as prisonId', 'type', 'title', 'state', 'version', 'submitted_at as submittedAt', 'decided_at as decidedAt'])
    .select([
      'applicant_role as applicantRole',
      'applicant_name as applicantName',
      'subject_kind as subjectKind',
      'subject_id as subjectId',
    ])
    .$if(filter.prisonId !== undefined, (plain) => plain.where('prison_id', '=', filter.prisonId ?? ''));
  if (filter.type) query = query.where('type', '=', filter.type);
  if (filter.state) query = query.where('state', '=', filter.state);
  if (filter.applicant) query = query.where(startsWith('applicant_name', filter.applicant));
  if (filter.inmateId) query = query.where('inmate_id', '=', filter.inmateId);
  if (filter.approver) query = query.where('id', 'in', askedCases(db, filter.approver));
  if (filter.subject) query = query.where('subject_kind', '=', filter.subject.kind).where('subject_id', '=', filter.subject.id);
  if (filter.from) query = query.where('submitted_at', '>=', filter.from);
  if (filter.to) query = query.where('submitted_at', '<', filter.to);
  if (filter.cursor) {
    const [at = '', id = ''] = fromCursor(filter.cursor, 2);
    query = query.where((eb) => eb.or([eb('submitted_at', '<', at), eb.and([eb('submitted_at', '=', at), eb('id', '<', id)])]));
  }
  const ordered = query.orderBy('submitted_at', 'desc').orderBy('id', 'desc');
  const rows = await ordered.limit(filter.limit + 1).execute();
  return toPage(
    rows,
    filter.limit,
    (row) => row,
    ({ submittedAt, id }) => [submittedAt, id],
  );
}

const askedCases = (db: Db, name: string) =>
  tables(db).selectFrom('approval_tasks').select('case_id').where(startsWith('officer_name', name));

export interface HistoryEntry {
  seq: number;
  at: Instant;
  kind: CaseEvent['type'];
  actorRole: string;
  actorId: string;
  actorName: string;
  event: CaseEvent;
}

/** A page of a case's history, oldest first, after `seq` (-1 for the first page). */
export async function listHistory(db: Db, caseId: string, after: number, limit: number): Promise<HistoryEntry[]> {
  const rows = await tables(db)
    .selectFrom('approval_events')
    .select(['seq', 'at', 'kind', 'actor_role as actorRole', 'actor_id as actorId', 'actor_name as actorName', 'detail'])
    .where('case_id', '=', caseId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ detail, kind, ...row }) => ({ ...row, kind: kind as CaseEvent['type'], event: JSON.parse(detail) as CaseEvent }));
}
