import type { ApprovalType, FlowVersionEntry } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { fromCursor, toPage } from './keys.ts';
import type { ApprovalTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ApprovalTables>();

const versionRows = (db: Db) =>
  tables(db)
    .selectFrom('flow_versions')
    .select(['flow_id as flowId', 'version', 'state', 'revision', 'author_name as authorName'])
    .select(['updated_at as updatedAt', 'published_at as publishedAt', 'retired_at as retiredAt'])
    .select(['published_by as publishedBy', 'retired_by as retiredBy']);

export interface FlowFilter {
  prisonId?: string | undefined;
  type?: ApprovalType | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface FlowEntry {
  id: string;
  prisonId: string;
  type: ApprovalType;
  name: string;
  published: FlowVersionEntry | null;
  draft: FlowVersionEntry | null;
  /** The newest version. */
  latest: number;
}

/** A page of flows by prison and type, with the versions that matter now. Throws `bad_request` on a foreign cursor. */
export async function listFlows(db: Db, { prisonId, type, cursor, limit }: FlowFilter) {
  let query = tables(db).selectFrom('flows').select(['id', 'prison_id as prisonId', 'type', 'name']);
  if (prisonId) query = query.where('prison_id', '=', prisonId);
  if (type) query = query.where('type', '=', type);
  if (cursor) {
    const [prison = '', after = ''] = fromCursor(cursor, 2);
    query = query.where((eb) =>
      eb.or([eb('prison_id', '>', prison), eb.and([eb('prison_id', '=', prison), eb('type', '>', after as ApprovalType)])]),
    );
  }
  const ordered = query.orderBy('prison_id').orderBy('type');
  const rows = await ordered.limit(limit + 1).execute();
  const page = toPage(
    rows,
    limit,
    (row) => row,
    (row) => [row.prisonId, row.type],
  );
  return { items: await withVersions(db, page.items), next: page.next };
}

async function withVersions(db: Db, flows: Pick<FlowEntry, 'id' | 'prisonId' | 'type' | 'name'>[]): Promise<FlowEntry[]> {
  if (flows.length === 0) return [];
  const ids = flows.map(({ id }) => id);
  const live = await versionRows(db).where('flow_id', 'in', ids).where('state', 'in', ['draft', 'published']).execute();
  const newest = await tables(db)
    .selectFrom('flow_versions')
    .select(['flow_id', (eb) => eb.fn.max('version').as('latest')])
    .where('flow_id', 'in', ids)
    .groupBy('flow_id')
    .execute();
  const latest = new Map(newest.map((row) => [row.flow_id, Number(row.latest)]));
  const find = (flowId: string, state: string): FlowVersionEntry | null => {
    const row = live.find((candidate) => candidate.flowId === flowId && candidate.state === state);
    if (!row) return null;
    const { flowId: _flowId, ...entry } = row;
    return entry;
  };
  return flows.map((flow) => ({
    ...flow,
    published: find(flow.id, 'published'),
    draft: find(flow.id, 'draft'),
    latest: latest.get(flow.id) ?? 0,
  }));
}

/** A page of a flow's versions, newest first: its change history. */
export async function listFlowVersions(
  db: Db,
  flowId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: FlowVersionEntry[]; next: string | null }> {
  let query = versionRows(db).where('flow_id', '=', flowId);
  if (cursor) query = query.where('version', '<', Number(fromCursor(cursor, 1)[0]) || 0);
  const rows = await query
    .orderBy('version', 'desc')
    .limit(limit + 1)
    .execute();
  return toPage(
    rows,
    limit,
    ({ flowId: _flowId, ...entry }) => entry,
    ({ version }) => [version],
  );
}
