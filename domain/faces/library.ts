import type { FacePeopleQuery, FacePerson, FaceSubject } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import type { z } from 'zod';
import type { OrganisationTables } from '../organisation/index.ts';
import { listFamilies, listInmates } from '../people/index.ts';
import { viewFace } from './faces.ts';
import { faceTables, OWNER_COLUMNS, ownerOf } from './people.ts';

export type LibraryFilter = z.output<typeof FacePeopleQuery>;
interface Listed {
  id: string;
  name: string;
  number: string;
  place: string | null;
  /** What the page is ordered by. */
  key: string;
}

const tables = (db: Db) => faceTables(db).withTables<OrganisationTables>();
type Tables = ReturnType<typeof tables> extends { selectFrom: unknown } ? Record<string, Record<string, string | null>> : never;
const eb = () => expressionBuilder<Tables, string>();
/** Of a search that fits many people, so many. */
const MOST_FOUND = 100;

/** A page of people with their faces: inmates by number, others the newest first. `model`: the one in use. */
export async function listFacePeople(
  db: Db,
  crypto: CryptoProvider,
  filter: LibraryFilter,
  model: string,
): Promise<{ items: FacePerson[]; next: string | null }> {
  const rows = await LISTS[filter.subject](db, crypto, filter, model);
  const page = rows.slice(0, filter.limit);
  const faces = await facesByOwner(
    db,
    filter.subject,
    page.map(({ id }) => id),
  );
  const items = page.map(({ id, name, number, place }) => ({
    subject: filter.subject,
    id,
    name,
    number,
    place: place ?? '',
    faces: (faces.get(id) ?? []).map((row) => viewFace(row, model)),
  }));
  return { items, next: rows.length > filter.limit ? (page.at(-1)?.key ?? null) : null };
}

/** How many faces, as far as they are seen, another model made. */
export async function countOutdated(db: Db, model: string): Promise<number> {
  if (model === '') return 0;
  const query = faceTables(db)
    .selectFrom('faces')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('model', '<>', model);
  return Number((await query.executeTakeFirst())?.count ?? 0);
}

async function facesByOwner(db: Db, subject: FaceSubject, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never[]>();
  const rows = await faceTables(db).selectFrom('faces').selectAll().where(OWNER_COLUMNS[subject], 'in', ids).orderBy('id').execute();
  return Map.groupBy(rows, (row) => ownerOf(row).id);
}

type Lister = (db: Db, crypto: CryptoProvider, filter: LibraryFilter, model: string) => Promise<Listed[]>;

const LISTS: Record<FaceSubject, Lister> = {
  inmate: async (db, crypto, filter, model) => {
    const { prisonId, wardId, text, cursor, limit } = filter;
    let query = tables(db)
      .selectFrom('inmates')
      .leftJoin('org_units', 'org_units.id', 'inmates.ward_id')
      .select(['inmates.id', 'inmates.name', 'inmates.number', 'inmates.number as key', 'org_units.name as place'])
      .where(whereFaces('inmate', 'inmates.id', filter, model));
    if (prisonId !== undefined) query = query.where('inmates.prison_id', '=', prisonId);
    if (wardId !== undefined) query = query.where('inmates.ward_id', '=', wardId);
    if (text) query = query.where(among('inmates.id', (await listInmates(db, crypto, { text, limit: MOST_FOUND })).items));
    if (cursor !== undefined) query = query.where('inmates.number', '>', cursor);
    return query
      .orderBy('inmates.number')
      .limit(limit + 1)
      .execute();
  },
  family: async (db, crypto, filter, model) => {
    const { prisonId, wardId, text, cursor, limit } = filter;
    let query = tables(db)
      .selectFrom('families')
      .leftJoin('org_units', 'org_units.id', 'families.prison_id')
      .select(['families.id', 'families.name', 'families.phone_masked as number', 'families.id as key', 'org_units.name as place'])
      .where(whereFaces('family', 'families.id', filter, model));
    if (prisonId !== undefined || wardId !== undefined) query = query.where('families.id', 'in', relativesIn(db, { prisonId, wardId }));
    if (text) query = query.where(among('families.id', (await listFamilies(db, crypto, { text, limit: MOST_FOUND })).items));
    if (cursor !== undefined) query = query.where('families.id', '<', cursor);
    return query
      .orderBy('families.id', 'desc')
      .limit(limit + 1)
      .execute();
  },
  companion: async (db, _crypto, filter, model) => {
    const { prisonId, wardId, text, cursor, limit } = filter;
    let query = tables(db)
      .selectFrom('companions')
      .leftJoin('org_units', 'org_units.id', 'companions.prison_id')
      .select([
        'companions.id',
        'companions.name',
        'companions.id_number_masked as number',
        'companions.id as key',
        'org_units.name as place',
      ])
      .where('companions.state', '=', 'approved')
      .where(whereFaces('companion', 'companions.id', filter, model));
    if (prisonId !== undefined) query = query.where('companions.prison_id', '=', prisonId);
    if (wardId !== undefined)
      query = query.where(
        'companions.inmate_id',
        'in',
        tables(db).selectFrom('inmates').select('inmates.id').where('ward_id', '=', wardId),
      );
    if (text) query = query.where('companions.name', 'like', `${text.replace(/[%_\\]/g, '')}%`);
    if (cursor !== undefined) query = query.where('companions.id', '<', cursor);
    return query
      .orderBy('companions.id', 'desc')
      .limit(limit + 1)
      .execute();
  },
};

function relativesIn(db: Db, { prisonId, wardId }: { prisonId: string | undefined; wardId: string | undefined }) {
  let query = tables(db).selectFrom('kinships').innerJoin('inmates', 'inmates.id', 'kinships.inmate_id').select('kinships.family_id');
  if (prisonId !== undefined) query = query.where('inmates.prison_id', '=', prisonId);
  if (wardId !== undefined) query = query.where('inmates.ward_id', '=', wardId);
  return query;
}

const among = (key: string, people: readonly { id: string }[]): Expression<SqlBool> =>
  people.length === 0
    ? sql<SqlBool>`0 = 1`
    : eb()(
        key,
        'in',
        people.map(({ id }) => id),
      );

/** The faces a person must have. The set of those who have some is small; those who have none are asked one by one. */
function whereFaces(subject: FaceSubject, key: string, { state }: LibraryFilter, model: string): Expression<SqlBool> {
  const column = OWNER_COLUMNS[subject];
  const all = eb().and([]);
  if (state === undefined) return all;
  if (state === 'none') return eb().not(eb().exists(eb().selectFrom('faces as of').select('of.id').whereRef(`of.${column}`, '=', key)));
  let having = eb().selectFrom('faces as of').select(`of.${column}`).where(`of.${column}`, 'is not', null);
  if (state === 'outdated') having = model === '' ? having.where(sql<SqlBool>`0 = 1`) : having.where('of.model', '<>', model);
  if (state === 'pending' || state === 'active') having = having.where('of.state', '=', state);
  return eb()(key, 'in', having);
}
