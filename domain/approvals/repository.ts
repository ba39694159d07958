import {
  type ApprovalAct,
  type CaseState,
  type FlowDefinition,
  type Instant,
  type NewApproval,
  type OfficerId,
  QinqiaoError,
} from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, isDuplicateKey, newId } from '@qinqiao/server-kit';
import { type ApprovalCase, type CaseEvent, newCase, type Seat } from './case.ts';
import { findOfficers, type RoleHolders, seatsOf } from './directory.ts';
import { getFlowVersion, publishedFlow } from './flows.ts';
import type { ApprovalTables } from './migrations.ts';
import { decideEvent, stateColumns, storeOutcome } from './store.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

export interface CaseRef {
  id: string;
  state: CaseState;
  version: number;
}

/** A case that was submitted or has been acted on is never `new`. */
const stateOf = (current: ApprovalCase): CaseState => {
  if (current.state === 'new') throw new QinqiaoError('internal', { detail: 'the case was not submitted' });
  return current.state;
};

/**
 * Submits an application to the prison's published flow of its type, in the caller's transaction when `db` is one. Throws `flow_missing`,
 * `approver_missing`, `wrong_state` when the subject has an open case of this type.
 */
export async function submit(db: Db, holders: RoleHolders, application: NewApproval, actor: Actor, at: Instant): Promise<CaseRef> {
  const run = (trx: DbTransaction) => submitIn(trx, holders, application, actor, at);
  return db.isTransaction ? run(db as DbTransaction) : db.transaction().execute(run);
}

const OPEN_CASE = { zh: '已有一件审批中的申请', en: 'Has an open case already' };

async function submitIn(trx: DbTransaction, holders: RoleHolders, application: NewApproval, actor: Actor, at: Instant): Promise<CaseRef> {
  const { prisonId, type, subject, title, facts } = application;
  const flow = await publishedFlow(trx, prisonId, type);
  const before = newCase({ role: actor.role, id: actor.id, name: actor.name }, facts);
  const accepted = await decideEvent(trx, holders, prisonId, flow.definition, before, { type: 'submit', at });
  const state = stateOf(accepted.next);
  const id = newId();
  const row = {
    id,
    prison_id: prisonId,
    type,
    title,
    subject_kind: subject.kind,
    subject_id: subject.id,
    inmate_id: application.inmateId ?? null,
    applicant_role: actor.role,
    applicant_id: actor.id,
    version: 0,
  };
  const rest = { applicant_name: actor.name, flow_id: flow.flowId, flow_version: flow.version, submitted_at: at };
  const open_key = state === 'open' ? `${type}:${subject.kind}:${subject.id}` : null;
  const values = {
    ...row,
    ...rest,
    ...stateColumns(accepted.next),
    state,
    open_key,
    snapshot: JSON.stringify(application.snapshot),
    version: 1,
  };
  try {
    await tables(trx).insertInto('approval_cases').values(values).execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new QinqiaoError('wrong_state', { fields: { subject: OPEN_CASE }, cause: error });
  }
  await storeOutcome(trx, row, flow.definition, before, accepted, actor);
  return { id, state, version: 1 };
}

/** Loads a case with its flow, lets `toEvent` say what happens to it, and stores that. Undefined from `toEvent`: nothing happens. */
export async function applyToCase(
  db: Db,
  holders: RoleHolders,
  target: { caseId: string; version?: number },
  actor: Actor,
  toEvent: (trx: DbTransaction, flow: FlowDefinition, current: ApprovalCase, prisonId: string) => Promise<CaseEvent | undefined>,
): Promise<CaseRef | undefined> {
  return db.transaction().execute(async (trx) => {
    const { row, flow } = await loadCase(trx, target.caseId);
    if (target.version !== undefined && target.version !== row.version)
      throw new QinqiaoError('edit_conflict', { detail: 'changed since' });
    const before = JSON.parse(row.session) as ApprovalCase;
    const event = await toEvent(trx, flow, before, row.prison_id);
    if (!event) return undefined;
    const accepted = await decideEvent(trx, holders, row.prison_id, flow, before, event);
    const state = stateOf(accepted.next);
    const version = row.version + 1;
    const change = { ...stateColumns(accepted.next), state, version, ...(state === 'open' ? {} : { open_key: null }) };
    const update = tables(trx).updateTable('approval_cases').set(change).where('id', '=', row.id).where('version', '=', row.version);
    const { numUpdatedRows } = await update.executeTakeFirst();
    if (numUpdatedRows === 0n) throw new QinqiaoError('wrong_state', { detail: 'changed meanwhile' });
    await storeOutcome(trx, row, flow, before, accepted, actor);
    return { id: row.id, state, version };
  });
}

/** The case's row, locked, and its flow. Throws `not_found`. */
async function loadCase(trx: DbTransaction, id: string) {
  const row = await tables(trx)
    .selectFrom('approval_cases')
    .select(['id', 'prison_id', 'type', 'title', 'subject_kind', 'subject_id', 'applicant_role', 'applicant_id'])
    .select(['version', 'session', 'flow_id', 'flow_version'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return { row, flow: (await getFlowVersion(trx, row.flow_id, row.flow_version)).definition };
}

/** What an act's event is made from. `seat` looks up the officer it names, who must be of the case's prison. */
interface ActContext {
  actor: Actor;
  at: Instant;
  seat: (officerId: OfficerId) => Promise<Seat>;
}
type EventMaker<Type extends ApprovalAct['type']> = (act: Extract<ApprovalAct, { type: Type }>, context: ActContext) => Promise<CaseEvent>;

const EVENTS: { [Type in ApprovalAct['type']]: EventMaker<Type> } = {
  approve: ({ note }, { actor, at }) => Promise.resolve({ type: 'approve', at, by: actor.id, note }),
  refuse: ({ reason }, { actor, at }) => Promise.resolve({ type: 'refuse', at, by: actor.id, reason }),
  return: ({ to, reason }, { actor, at }) => Promise.resolve({ type: 'return', at, by: actor.id, to, reason }),
  reassign: async ({ officerId, reason }, { actor, at, seat }) => ({
    type: 'reassign',
    at,
    by: actor.id,
    to: await seat(officerId),
    reason,
  }),
  addApprover: async ({ officerId, reason }, { actor, at, seat }) => ({
    type: 'addApprover',
    at,
    by: actor.id,
    added: await seat(officerId),
    reason,
  }),
  withdraw: ({ reason }, { actor, at }) => Promise.resolve({ type: 'withdraw', at, by: { role: actor.role, id: actor.id }, reason }),
};

async function namedSeat(trx: DbTransaction, holders: RoleHolders, prisonId: string, officerId: OfficerId, at: Instant): Promise<Seat> {
  const [officer] = await findOfficers(trx, [officerId]);
  const approvers = officer?.prisonId === prisonId ? [{ kind: 'officer' as const, officerId }] : [];
  const [seat] = await seatsOf(trx, holders, { prisonId, approvers, at });
  if (!seat) throw new QinqiaoError('bad_request', { fields: { officerId: 'not_found' } });
  return seat;
}

/**
 * Carries out what a person does to a case: the event, the tasks, the messages to other subjects and the audit record in one transaction. With
 * `version` only if the case is as it was when it was read. Throws `not_found`, `wrong_state`, `forbidden` (no task of his, or an act the node
 * does not allow), `bad_request`, `approver_missing`, `audit_failed`.
 */
export async function act(
  db: Db,
  holders: RoleHolders,
  target: { caseId: string; version?: number },
  doing: ApprovalAct,
  actor: Actor,
  at: Instant,
): Promise<CaseRef> {
  if (doing.type !== 'withdraw' && actor.role !== 'officer') throw new QinqiaoError('forbidden');
  const done = await applyToCase(db, holders, target, actor, (trx, _flow, _current, prisonId) => {
    const seat = (officerId: OfficerId) => namedSeat(trx, holders, prisonId, officerId, at);
    const make = EVENTS[doing.type] as (doing: ApprovalAct, context: ActContext) => Promise<CaseEvent>;
    return make(doing, { actor, at, seat });
  });
  return done as CaseRef;
}
