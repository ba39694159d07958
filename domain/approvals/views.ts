import type { ApprovalNode, CaseHistoryEntry, CaseTask, FlowDefinition, OwnActs } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { ApprovalCase } from './case.ts';
import { fromCursor, toPage } from './keys.ts';
import type { ApprovalTables } from './migrations.ts';
import { nodeOf } from './moves.ts';
import type { HistoryEntry } from './queries.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

/** Every task of a case, those of former stays too, in the order they were made. */
export async function listCaseTasks(db: Db, caseId: string): Promise<CaseTask[]> {
  const rows = await tables(db)
    .selectFrom('approval_tasks')
    .select(['task_no as no', 'node_id as nodeId', 'node_name as nodeName', 'officer_id as officerId', 'officer_name as officerName'])
    .select(['acting_for_name as actingForName', 'state', 'escalation', 'reminded_at as remindedAt'])
    .select(['opened_at as openedAt', 'closed_at as closedAt'])
    .where('case_id', '=', caseId)
    .orderBy('task_no')
    .execute();
  return rows.map(({ escalation, ...task }) => ({ ...task, escalation: escalation === 1 }));
}

/** Whether an officer has ever been asked in a case, in his own name or another's. */
export async function wasAsked(db: Db, caseId: string, officerId: string): Promise<boolean> {
  const task = tables(db).selectFrom('approval_tasks').select('task_no').where('case_id', '=', caseId);
  return (await task.where('officer_id', '=', officerId).limit(1).executeTakeFirst()) !== undefined;
}

const NOTHING: OwnActs = { decide: false, reassign: false, addApprover: false, returnTo: [], withdraw: false };

/** What an officer may do to a case as it stands. */
export function ownActs(flow: FlowDefinition, current: ApprovalCase, officerId: string): OwnActs {
  const node = nodeOf(flow, current.nodeId);
  if (current.state !== 'open' || !node) return NOTHING;
  const { applicant, touched } = current;
  const withdraw = applicant.role === 'officer' && applicant.id === officerId && !touched;
  const decides = current.tasks.some((task) => task.id === officerId && task.state === 'open');
  if (!decides) return { ...NOTHING, withdraw };
  const { acts } = node;
  return { decide: true, reassign: acts.reassign, addApprover: acts.addApprover, returnTo: returnTargets(flow, current, node), withdraw };
}

function returnTargets(flow: FlowDefinition, { path }: ApprovalCase, { acts }: ApprovalNode): OwnActs['returnTo'] {
  if (!acts.return) return [];
  return path.flatMap((id) => {
    const node = nodeOf(flow, id);
    return node ? [{ nodeId: id, name: node.name }] : [];
  });
}

/** A stored event as people read it. */
export function toHistoryEntry({ seq, at, kind, actorRole, actorName, event }: HistoryEntry): CaseHistoryEntry {
  const text = 'reason' in event ? event.reason : 'note' in event ? event.note : '';
  const toName = event.type === 'reassign' ? event.to.name : event.type === 'addApprover' ? event.added.name : null;
  return { seq, at, kind, actorRole, actorName, text, toName, toNodeId: event.type === 'return' ? event.to : null };
}

/** A page of the delegations an officer gave or was given, newest first. Throws `bad_request` on a foreign cursor. */
export async function listDelegations(db: Db, officerId: string, { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  let query = db
    .withTables<ApprovalTables & { officers: { id: string; name: string } }>()
    .selectFrom('approval_delegations')
    .innerJoin('officers as giver', 'giver.id', 'approval_delegations.officer_id')
    .innerJoin('officers as taker', 'taker.id', 'approval_delegations.delegate_id')
    .select(['approval_delegations.id', 'officer_id as officerId', 'giver.name as officerName', 'taker.name as delegateName'])
    .select(['from_at as from', 'until_at as until', 'ended_at as endedAt'])
    .where((eb) => eb.or([eb('officer_id', '=', officerId), eb('delegate_id', '=', officerId)]));
  if (cursor) query = query.where('approval_delegations.id', '<', fromCursor(cursor, 1)[0] ?? '');
  const rows = await query
    .orderBy('approval_delegations.id', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(
    rows,
    limit,
    ({ officerId: giver, ...row }) => ({ ...row, mine: giver === officerId }),
    ({ id }) => [id],
  );
}
