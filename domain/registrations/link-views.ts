import type { LinkRecord, LinkState, LinkView } from '@qinqiao/contracts';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Db, newestFirst } from '@qinqiao/server-kit';
import { papersOf } from '../attachments/index.ts';
import { unitNames } from '../organisation/index.ts';
import { inmateCards } from '../people/index.ts';
import { relationNames } from './choices.ts';
import type { RegistrationTables } from './migrations.ts';
import { applicants } from './register.ts';
import { namedLike } from './search.ts';

export type LinkRow = RegistrationTables['kinship_links'];
export const links = (db: Db) => db.withTables<RegistrationTables>();

/** Links as the family member sees them: nothing of whether the inmate is there. */
export async function viewLinks(db: Db, rows: readonly LinkRow[]): Promise<LinkView[]> {
  const [relation, units, papers] = await Promise.all([relationNames(db), unitNames(db), papersOf(db, 'kinship', idsOf(rows))]);
  return rows.map((row) => ({
    id: row.id,
    prisonId: row.prison_id,
    prisonName: units.get(row.prison_id) ?? '',
    inmateNumber: row.inmate_number,
    inmateName: row.inmate_name,
    relation: relation(row.relation),
    note: row.note,
    state: row.state,
    reason: row.reason,
    papers: papers(row.id),
    submittedAt: row.submitted_at,
    decidedAt: row.decided_at,
    version: row.version,
  }));
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

export async function viewLink(db: Db, row: LinkRow): Promise<LinkView> {
  const [view] = await viewLinks(db, [row]);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

export async function listOwnLinks(db: Db, familyId: string): Promise<LinkView[]> {
  const rows = links(db).selectFrom('kinship_links').selectAll().where('family_id', '=', familyId);
  return viewLinks(db, await rows.orderBy('id', 'desc').execute());
}

export interface ReviewFilter {
  state?: LinkState | undefined;
  prisonId?: string | undefined;
  /** Beginning of a family member's name, or an inmate's number. */
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of links as officers see them, the newest first. */
export async function listLinks(db: Db, { state, prisonId, text, cursor, limit }: ReviewFilter) {
  let query = links(db).selectFrom('kinship_links').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (text)
    query = query.where((eb) => eb.or([eb('inmate_number', '=', text), eb('family_id', 'in', namedLike(db.withoutPlugins(), text))]));
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: await recordLinks(db, items), next };
}

/** Rows as officers see them. Names come from the whole store: who sees an application sees whose it is. */
export async function recordLinks(db: Db, rows: readonly LinkRow[]): Promise<LinkRecord[]> {
  const store = db.withoutPlugins();
  const [views, family, inmates] = await Promise.all([
    viewLinks(store, rows),
    applicants(
      store,
      rows.map((row) => row.family_id),
    ),
    inmateCards(
      store,
      rows.flatMap((row) => row.inmate_id ?? []),
    ),
  ]);
  return rows.flatMap((row, index) => {
    const view = views[index];
    const inmate = inmates.get(row.inmate_id ?? '') ?? null;
    return view ? { ...view, family: family(row.family_id), inmate: inmate && cardOf(inmate), caseId: row.case_id } : [];
  });
}

const cardOf = ({ id, name, number, wardName }: { id: string; name: string; number: string; wardName: string }) => ({
  id,
  name,
  number,
  wardName,
});
