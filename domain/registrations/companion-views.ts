import { type CompanionRecord, type CompanionView, QinqiaoError } from '@qinqiao/contracts';
import { dayOf, type Db, newestFirst } from '@qinqiao/server-kit';
import { papersOf } from '../attachments/index.ts';
import { unitNames } from '../organisation/index.ts';
import { isMinor } from './age.ts';
import { relationNames } from './choices.ts';
import type { ReviewFilter } from './link-views.ts';
import type { RegistrationTables } from './migrations.ts';
import { applicants } from './register.ts';
import { namedLike } from './search.ts';

export type CompanionRow = RegistrationTables['companions'];
export const companions = (db: Db) => db.withTables<RegistrationTables>();

export async function viewCompanions(db: Db, rows: readonly CompanionRow[], now: Date): Promise<CompanionView[]> {
  const ids = rows.map(({ id }) => id);
  const [relation, papers] = await Promise.all([relationNames(db), papersOf(db, 'companion', ids)]);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    idNumber: row.id_number_masked,
    relation: relation(row.relation),
    minor: isMinor(row.adult_on, dayOf(now)),
    guardian: row.guardian,
    state: row.state,
    reason: row.reason,
    papers: papers(row.id),
    submittedAt: row.submitted_at,
    decidedAt: row.decided_at,
    version: row.version,
  }));
}

export async function viewCompanion(db: Db, row: CompanionRow, now: Date): Promise<CompanionView> {
  const [view] = await viewCompanions(db, [row], now);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

export async function listOwnCompanions(db: Db, familyId: string, now: Date): Promise<CompanionView[]> {
  const rows = companions(db).selectFrom('companions').selectAll().where('family_id', '=', familyId);
  return viewCompanions(db, await rows.orderBy('id').execute(), now);
}

/** A page of companions as officers see them, the newest first. */
export async function listCompanions(db: Db, { state, prisonId, text, cursor, limit }: ReviewFilter, now: Date) {
  let query = companions(db).selectFrom('companions').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (text) {
    const like = `${text.replace(/[%_\\]/g, '')}%`;
    query = query.where((eb) => eb.or([eb('name', 'like', like), eb('family_id', 'in', namedLike(db.withoutPlugins(), text))]));
  }
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: await recordCompanions(db, items, now), next };
}

/** Names come from the whole store: who sees an application sees whose it is. */
export async function recordCompanions(db: Db, rows: readonly CompanionRow[], now: Date): Promise<CompanionRecord[]> {
  const store = db.withoutPlugins();
  const families = rows.map((row) => row.family_id);
  const [views, family, units] = await Promise.all([viewCompanions(store, rows, now), applicants(store, families), unitNames(store)]);
  return rows.flatMap((row, index) => {
    const view = views[index];
    return view ? { ...view, prisonName: units.get(row.prison_id) ?? '', family: family(row.family_id), caseId: row.case_id } : [];
  });
}

export interface Companion {
  id: string;
  name: string;
  relation: string;
  /** On the day given. */
  minor: boolean;
  state: 'pending' | 'approved' | 'refused';
}

/**
 * These companions of a family member, in the order asked for; another's are left out. `day`: the local day of the visit, by default
 * today. One that was withdrawn or ended counts as refused.
 */
export async function findCompanions(db: Db, familyId: string, ids: readonly string[], day = dayOf(Date.now())): Promise<Companion[]> {
  if (ids.length === 0) return [];
  const rows = await companions(db).selectFrom('companions').selectAll().where('family_id', '=', familyId).where('id', 'in', ids).execute();
  const relation = await relationNames(db);
  const known = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = known.get(id);
    if (!row) return [];
    const state = row.state === 'pending' || row.state === 'approved' ? row.state : ('refused' as const);
    return { id, name: row.name, relation: relation(row.relation).zh, minor: isMinor(row.adult_on, day), state };
  });
}
