import { randomInt } from 'node:crypto';
import { type OfficerView, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type Db, hashPassword, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { AccessTables } from '../access/index.ts';
import { findOrgUnit, type OrganisationTables } from '../organisation/index.ts';
import { pinyinInitials } from '../people/index.ts';
import type { OfficerTables } from './migrations.ts';

type Tables = OfficerTables & OrganisationTables & AccessTables & { officer_factors: { officer_id: string; confirmed_at: string | null } };
const tables = (db: Db) => db.withTables<Tables>();

export interface OfficerContent {
  name: string;
  policeNumber: string;
  prisonId: string;
  unitId: string | null;
}

export interface OfficerFilter {
  text?: string | undefined;
  prisonId?: string | undefined;
  enabled?: boolean | undefined;
  role?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

const startsWith = (text: string) => `${text.replace(/[\\%_]/g, '\\$&')}%`;

const selectViews = (db: Db) =>
  tables(db)
    .selectFrom('officers')
    .innerJoin('org_units as prison', 'prison.id', 'officers.prison_id')
    .leftJoin('org_units as unit', 'unit.id', 'officers.unit_id')
    .select(['officers.id', 'officers.account', 'officers.name', 'officers.police_number', 'officers.prison_id', 'officers.unit_id'])
    .select(['officers.enabled', 'officers.version', 'prison.name as prisonName', 'unit.name as unitName']);
type Row = Awaited<ReturnType<ReturnType<typeof selectViews>['execute']>>[number];

/** Officers by account; through a scoped store those of the prisons that are seen. */
export async function listOfficers(db: Db, filter: OfficerFilter): Promise<{ items: OfficerView[]; next: string | null }> {
  let query = selectViews(db);
  const { text, prisonId, enabled, role, cursor, limit } = filter;
  if (text) {
    const start = startsWith(text);
    const columns = ['officers.account', 'officers.name', 'officers.police_number'] as const;
    query = query.where((eb) =>
      eb.or([...columns.map((column) => eb(column, 'like', start)), eb('officers.initials', 'like', startsWith(text.toLowerCase()))]),
    );
  }
  if (prisonId) query = query.where('officers.prison_id', '=', prisonId);
  if (enabled !== undefined) query = query.where('officers.enabled', '=', enabled ? 1 : 0);
  if (role) {
    query = query.where('officers.id', 'in', (eb) =>
      eb.selectFrom('officer_roles').select('officer_roles.officer_id').where('officer_roles.role_id', '=', role),
    );
  }
  if (cursor !== undefined) query = query.where('officers.account', '>', cursor);
  const rows = await query
    .orderBy('officers.account')
    .limit(limit + 1)
    .execute();
  const items = await asViews(db, rows.slice(0, limit));
  return { items, next: rows.length > limit ? (items.at(-1)?.account ?? null) : null };
}

async function asViews(db: Db, rows: Row[]): Promise<OfficerView[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const roles = await tables(db).selectFrom('officer_roles').selectAll().where('officer_id', 'in', ids).orderBy('role_id').execute();
  const factors = await tables(db)
    .selectFrom('officer_factors')
    .select('officer_id')
    .where('officer_id', 'in', ids)
    .where('confirmed_at', 'is not', null)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    account: row.account,
    name: row.name,
    policeNumber: row.police_number,
    prisonId: row.prison_id,
    prisonName: row.prisonName,
    unitId: row.unit_id,
    unitName: row.unitName,
    enabled: row.enabled === 1,
    roles: roles.filter((role) => role.officer_id === row.id).map((role) => role.role_id),
    factors: factors.filter((factor) => factor.officer_id === row.id).length,
    version: row.version,
  }));
}

/** Throws `not_found` for an officer that is not there, or not seen through this store. */
export async function getOfficer(db: Db, id: string): Promise<OfficerView> {
  const [view] = await asViews(db, await selectViews(db).where('officers.id', '=', id).execute());
  if (!view) throw new QinqiaoError('not_found');
  return view;
}

/** Makes an account with a password that its owner must change. Throws `name_taken`, `bad_request` for a unit that is not there. */
export async function createOfficer(
  db: Db,
  clock: Clock,
  officer: OfficerContent & { account: string },
): Promise<{ id: string; password: string }> {
  const password = firstPassword();
  const id = newId();
  const now = toInstant(clock.now());
  const row = {
    id,
    account: officer.account,
    ...(await columnsOf(db, officer)),
    password_hash: await hashPassword(password),
    enabled: 1 as const,
    must_change_password: 1 as const,
    version: 0,
    created_at: now,
    updated_at: now,
  };
  try {
    await tables(db).insertInto('officers').values(row).execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { cause: error, fields: { account: 'taken' } });
    throw error;
  }
  return { id, password };
}

/** Throws `edit_conflict` when the account is not as it was read. */
export async function editOfficer(
  db: Db,
  clock: Clock,
  id: string,
  { version, ...officer }: OfficerContent & { version: number },
): Promise<OfficerView> {
  return change(db, clock, id, version, await columnsOf(db, officer));
}

export async function setOfficerEnabled(db: Db, clock: Clock, id: string, { enabled, version }: { enabled: boolean; version: number }) {
  return change(db, clock, id, version, { enabled: enabled ? 1 : 0 });
}

async function change(
  db: Db,
  clock: Clock,
  id: string,
  version: number,
  columns: Partial<OfficerTables['officers']>,
): Promise<OfficerView> {
  const done = await tables(db)
    .updateTable('officers')
    .set({ ...columns, version: version + 1, updated_at: toInstant(clock.now()) })
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  const officer = await getOfficer(db, id);
  if (done.numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  return officer;
}

async function columnsOf(db: Db, { name, policeNumber, prisonId, unitId }: OfficerContent) {
  const wrong: Record<string, string> = {};
  const prison = await findOrgUnit(db, prisonId);
  if (!prison || !['prison', 'bureau'].includes(prison.kind)) wrong['prisonId'] = 'no such prison';
  const unit = unitId === null ? null : await findOrgUnit(db, unitId);
  if (unit === undefined || (unit && unit.parent_id !== prisonId)) wrong['unitId'] = 'no such ward or office there';
  if (Object.keys(wrong).length > 0) throw new QinqiaoError('bad_request', { fields: wrong });
  return { name, police_number: policeNumber, prison_id: prisonId, unit_id: unitId, initials: pinyinInitials(name) };
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz';
const DIGITS = '23456789';

/** Easy to read out and to type; of three kinds of characters, with some 60 bits of chance. */
export function firstPassword(): string {
  const draw = (from: string, count: number) => Array.from({ length: count }, () => from[randomInt(from.length)]).join('');
  return `${draw(LETTERS.toUpperCase(), 2)}${draw(LETTERS, 4)}-${draw(DIGITS, 4)}-${draw(LETTERS, 4)}`;
}
