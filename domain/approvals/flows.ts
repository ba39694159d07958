import { type ApprovalType, type FlowDefinition, type FlowProblem, type FlowState, type Instant, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, isDuplicateKey, newId, writeAudit } from '@qinqiao/server-kit';
import { absentOfficers, checkFlow, officersOf, rolesOf } from './check-flow.ts';
import { findApprovers, type RoleHolders } from './directory.ts';
import type { ApprovalTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

/** A version as it was read: who changes it says which revision he saw. */
export interface FlowVersionRef {
  flowId: string;
  version: number;
  revision: number;
}

export interface FlowDraft {
  prisonId: string;
  type: ApprovalType;
  name: string;
  definition: FlowDefinition;
  /** The revision of the draft this was made from; null: there was none. */
  revision: number | null;
}

/**
 * Keeps a draft of the prison's flow of this type, a new version when there is no draft. It may still have mistakes. Throws `edit_conflict`
 * when the draft was changed meanwhile, `bad_request` when the drawing is too large.
 */
export async function saveDraft(db: Db, draft: FlowDraft, actor: Actor, at: Instant): Promise<FlowVersionRef> {
  assertFits(draft.definition);
  try {
    return await db.transaction().execute(async (trx) => {
      const flowId = await ensureFlow(trx, draft, at);
      const ref = await writeDraft(trx, flowId, draft, actor, at);
      const detail = { ...ref, type: draft.type, name: draft.name, definition: draft.definition };
      await writeAudit(trx, { at, actor, action: 'flow.saveDraft', subject: { kind: 'flow', id: flowId }, detail });
      return ref;
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('edit_conflict', { cause: error });
    throw error;
  }
}

/** What a text column holds on MariaDB, with some room left. */
const MAX_BYTES = 60_000;
function assertFits(definition: FlowDefinition): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > MAX_BYTES) throw new QinqiaoError('bad_request', { fields: { definition: TOO_LARGE } });
}
const TOO_LARGE = { zh: '流程图过大，请减少节点或审批人', en: 'The flow is too large: fewer steps or approvers' };

async function ensureFlow(trx: Db, draft: FlowDraft, at: Instant): Promise<string> {
  const { prisonId, type, name } = draft;
  const found = tables(trx).selectFrom('flows').select('id').where('prison_id', '=', prisonId).where('type', '=', type);
  const flow = await found.forUpdate().executeTakeFirst();
  const id = flow?.id ?? newId();
  if (flow) await tables(trx).updateTable('flows').set({ name }).where('id', '=', id).execute();
  else await tables(trx).insertInto('flows').values({ id, prison_id: prisonId, type, name, created_at: at }).execute();
  return id;
}

async function writeDraft(trx: Db, flowId: string, draft: FlowDraft, actor: Actor, at: Instant): Promise<FlowVersionRef> {
  const versions = tables(trx).selectFrom('flow_versions').select(['version', 'state', 'revision']).where('flow_id', '=', flowId);
  const last = await versions.orderBy('version', 'desc').limit(1).executeTakeFirst();
  const open = last?.state === 'draft' ? last : undefined;
  if ((open?.revision ?? null) !== draft.revision) throw new QinqiaoError('edit_conflict', { detail: 'the draft was changed' });
  const content = { definition: JSON.stringify(draft.definition), author_id: actor.id, author_name: actor.name, updated_at: at };
  const ref = { flowId, version: open?.version ?? (last?.version ?? 0) + 1, revision: (open?.revision ?? 0) + 1 };
  const { version, revision } = ref;
  if (open) {
    await changeVersion(trx, { ...ref, revision: open.revision }, 'draft', { ...content, revision });
  } else {
    const unused = { published_at: null, published_by: null, retired_at: null, retired_by: null };
    const fresh = { flow_id: flowId, version, revision, state: 'draft' as const, ...unused };
    await tables(trx)
      .insertInto('flow_versions')
      .values({ ...fresh, ...content })
      .execute();
  }
  return ref;
}

async function changeVersion(
  trx: Db,
  ref: FlowVersionRef,
  state: FlowState,
  change: Partial<ApprovalTables['flow_versions']>,
): Promise<void> {
  const update = tables(trx).updateTable('flow_versions').set(change).where('flow_id', '=', ref.flowId).where('version', '=', ref.version);
  const { numUpdatedRows } = await update.where('state', '=', state).where('revision', '=', ref.revision).executeTakeFirst();
  if (numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
}

/** A version with its flow. Throws `not_found`. */
export async function getFlowVersion(db: Db, flowId: string, version: number) {
  const row = await tables(db)
    .selectFrom('flow_versions')
    .innerJoin('flows', 'flows.id', 'flow_versions.flow_id')
    .select(['flows.prison_id as prisonId', 'flows.type', 'flows.name', 'state', 'revision', 'definition'])
    .select(['author_name as authorName', 'updated_at as updatedAt', 'published_at as publishedAt', 'retired_at as retiredAt'])
    .select(['published_by as publishedBy', 'retired_by as retiredBy'])
    .where('flow_id', '=', flowId)
    .where('version', '=', version)
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return { ...row, flowId, version, definition: JSON.parse(row.definition) as FlowDefinition };
}

/** Everything that keeps a version from being published, the numbers of officers who hold its roles now included. */
export async function checkVersion(db: Db, holders: RoleHolders, flowId: string, version: number): Promise<FlowProblem[]> {
  const { prisonId, definition } = await getFlowVersion(db, flowId, version);
  return checkDefinition(db, holders, prisonId, definition);
}

/** The same for a flow that need not have been saved. */
export async function checkDefinition(db: Db, holders: RoleHolders, prisonId: string, definition: FlowDefinition): Promise<FlowProblem[]> {
  const staff = new Map<string, readonly string[]>();
  for (const role of rolesOf(definition)) staff.set(role, await holders(db, prisonId, role));
  const named = await findApprovers(db, prisonId, officersOf(definition));
  return [...checkFlow(definition, staff), ...absentOfficers(definition, new Set(named.map(({ id }) => id)))];
}

function asFields(problems: readonly FlowProblem[]): Record<string, FlowProblem['text']> {
  const fields: Record<string, FlowProblem['text']> = {};
  for (const { nodeId, edgeId, text } of problems) {
    const where = nodeId ?? edgeId ?? '(flow)';
    const before = fields[where];
    fields[where] = before ? { zh: `${before.zh}；${text.zh}`, en: `${before.en}; ${text.en}` } : text;
  }
  return fields;
}

/**
 * Makes a draft the version that new cases take; the one before is retired, its running cases keep it. Throws `flow_invalid` with what is
 * wrong by node or edge, `edit_conflict` when it is no draft or was changed since, `not_found`.
 */
export async function publish(db: Db, holders: RoleHolders, ref: FlowVersionRef, actor: Actor, at: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockFlow(trx, ref.flowId);
    const problems = await checkVersion(trx, holders, ref.flowId, ref.version);
    if (problems.length > 0) throw new QinqiaoError('flow_invalid', { fields: asFields(problems) });
    await retirePublished(trx, ref.flowId, actor, at);
    await changeVersion(trx, ref, 'draft', { state: 'published', published_at: at, published_by: actor.name });
    await writeAudit(trx, { at, actor, action: 'flow.publish', subject: { kind: 'flow', id: ref.flowId }, detail: { ...ref } });
  });
}

/** Takes the published version out of use: nothing new can be submitted until another is published. Throws `wrong_state` when there is none. */
export async function retire(db: Db, flowId: string, actor: Actor, at: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockFlow(trx, flowId);
    if (!(await retirePublished(trx, flowId, actor, at))) throw new QinqiaoError('wrong_state');
    await writeAudit(trx, { at, actor, action: 'flow.retire', subject: { kind: 'flow', id: flowId } });
  });
}

/** Throws a draft away. Throws `edit_conflict` when it is no draft or was changed since it was read, `not_found`. */
export async function discardDraft(db: Db, ref: FlowVersionRef, actor: Actor, at: Instant): Promise<void> {
  const { flowId, version, revision } = ref;
  await db.transaction().execute(async (trx) => {
    await lockFlow(trx, flowId);
    const { definition, name } = await getFlowVersion(trx, flowId, version);
    const gone = tables(trx).deleteFrom('flow_versions').where('flow_id', '=', flowId).where('version', '=', version);
    const { numDeletedRows } = await gone.where('state', '=', 'draft').where('revision', '=', revision).executeTakeFirst();
    if (numDeletedRows === 0n) throw new QinqiaoError('edit_conflict');
    const left = await tables(trx).selectFrom('flow_versions').select('version').where('flow_id', '=', flowId).limit(1).execute();
    if (left.length === 0) await tables(trx).deleteFrom('flows').where('id', '=', flowId).execute();
    const detail = { ...ref, name, before: definition };
    await writeAudit(trx, { at, actor, action: 'flow.discardDraft', subject: { kind: 'flow', id: flowId }, detail });
  });
}

/** Of two that change a flow's versions the second waits. */
async function lockFlow(trx: Db, flowId: string): Promise<void> {
  await tables(trx).selectFrom('flows').select('id').where('id', '=', flowId).forUpdate().execute();
}

async function retirePublished(trx: Db, flowId: string, { name }: Actor, at: Instant): Promise<boolean> {
  const change = { state: 'retired' as const, retired_at: at, retired_by: name };
  const update = tables(trx).updateTable('flow_versions').set(change).where('flow_id', '=', flowId);
  return (await update.where('state', '=', 'published').executeTakeFirst()).numUpdatedRows > 0n;
}

/** The version that new cases of this type take. Throws `flow_missing`. */
export async function publishedFlow(db: Db, prisonId: string, type: ApprovalType) {
  const row = await tables(db)
    .selectFrom('flow_versions')
    .innerJoin('flows', 'flows.id', 'flow_versions.flow_id')
    .select(['flow_id as flowId', 'version', 'definition'])
    .where('prison_id', '=', prisonId)
    .where('type', '=', type)
    .where('state', '=', 'published')
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('flow_missing');
  return { ...row, definition: JSON.parse(row.definition) as FlowDefinition };
}
