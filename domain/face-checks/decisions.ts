import { type FaceCheckPurpose, type FaceCheckRecord, type FaceCheckState, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { letIn } from './checks.ts';
import type { FaceCheckTables } from './migrations.ts';
import { isOver, stateAt, stepsOf, tables } from './rows.ts';

type Row = FaceCheckTables['face_checks'];
const Ids = z.array(z.string());

export interface FaceCheckFilter {
  waiting?: boolean | undefined;
  purpose?: FaceCheckPurpose | undefined;
  state?: FaceCheckState | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** A page of checks that this store shows: those that wait, the oldest first, or all, the newest first. */
export async function listFaceChecks(
  db: Db,
  clock: Clock,
  filter: FaceCheckFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: FaceCheckRecord[]; next: string | null }> {
  const now = toInstant(clock.now());
  let query = tables(db)
    .selectFrom('face_checks')
    .selectAll()
    .limit(limit + 1);
  if (filter.waiting) query = query.where('state', '=', 'waiting').where('expires_at', '>', now);
  if (filter.purpose) query = query.where('purpose', '=', filter.purpose);
  if (filter.state === 'expired') query = query.where('state', 'in', ['open', 'waiting']).where('expires_at', '<=', now);
  else if (filter.state) query = query.where('state', '=', filter.state);
  if (filter.state === 'open' || filter.state === 'waiting') query = query.where('expires_at', '>', now);
  if (filter.from) query = query.where('opened_at', '>=', filter.from);
  if (filter.to) query = query.where('opened_at', '<', filter.to);
  if (cursor !== undefined) query = query.where('id', filter.waiting ? '>' : '<', cursor);
  const rows = await query.orderBy('id', filter.waiting ? 'asc' : 'desc').execute();
  const items = await recordsOf(db, rows.slice(0, limit), clock.now().getTime());
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function countWaiting(db: Db, clock: Clock): Promise<number> {
  const { count } = await tables(db)
    .selectFrom('face_checks')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('state', '=', 'waiting')
    .where('expires_at', '>', toInstant(clock.now()))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Throws `not_found`, also for what this store does not show. */
export async function findFaceCheck(db: Db, clock: Clock, id: string): Promise<FaceCheckRecord> {
  const row = await tables(db).selectFrom('face_checks').selectAll().where('id', '=', id).executeTakeFirst();
  const [record] = row ? await recordsOf(db, [row], clock.now().getTime()) : [];
  if (!record) throw new QinqiaoError('not_found');
  return record;
}

async function recordsOf(db: Db, rows: readonly Row[], now: number): Promise<FaceCheckRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const pictures = await tables(db).selectFrom('face_check_pictures').selectAll().where('check_id', 'in', ids).orderBy('step').execute();
  const units = await db
    .withTables<OrganisationTables>()
    .selectFrom('org_units')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(rows.map(({ prison_id }) => prison_id))])
    .execute();
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose,
    state: stateAt(row, now),
    reason: row.reason,
    steps: stepsOf(row),
    expiresAt: row.expires_at,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    prisonId: row.prison_id,
    prisonName: units.find(({ id }) => id === row.prison_id)?.name ?? '',
    inmateName: row.purpose === 'entry' ? row.inmate_name : null,
    callId: row.call_id as FaceCheckRecord['callId'],
    likeness: row.likeness,
    threshold: row.threshold,
    openedAt: row.opened_at,
    settledAt: row.settled_at,
    pictures: pictures.filter(({ check_id }) => check_id === row.id).map(({ step, pose }) => ({ step, pose })),
    references: Ids.parse(JSON.parse(row.compared)).map((id) => ({ id })),
    decision: row.decided_by_name === null ? null : { by: row.decided_by_name, note: row.note ?? '' },
    version: row.version,
  }));
}

/**
 * An officer decides by the pictures. `db`: the store as he sees it. Throws `not_found`, `edit_conflict` when another officer was quicker,
 * `face_check_over` when it was waited for too long.
 */
export async function decideFaceCheck(
  db: Db,
  clock: Clock,
  actor: Actor,
  { id, allow, note, version }: { id: string; allow: boolean; note: string; version: number },
): Promise<void> {
  const now = clock.now().getTime();
  await db.transaction().execute(async (trx) => {
    const row = await tables(trx).selectFrom('face_checks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    if (row.version !== version) throw new QinqiaoError('edit_conflict');
    if (row.state !== 'waiting' || isOver(row, now)) throw new QinqiaoError('face_check_over');
    const state = allow ? ('allowed' as const) : ('refused' as const);
    await tables(trx)
      .updateTable('face_checks')
      .set({ state, note, decided_by: actor.id, decided_by_name: actor.name, settled_at: toInstant(now), version: version + 1 })
      .where('id', '=', id)
      .execute();
    const detail = {
      person: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
      purpose: row.purpose,
      callId: row.call_id,
      before: { state: row.state },
      after: { state, note },
    };
    await writeAudit(trx, { at: toInstant(now), actor, action: 'face.decide', subject: { kind: 'face_check', id }, detail });
    // The log-in is the inmate's, not a row of the officer's data scope.
    if (allow) await letIn(trx.withoutPlugins(), row);
  });
}
