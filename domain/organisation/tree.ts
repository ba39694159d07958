import { type OrgKind, type OrgUnitView, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newId } from '@qinqiao/server-kit';
import { forgetUnitNames } from './names.ts';
import { findOrgUnit, type OrgUnit } from './repository.ts';
import type { OrganisationTables } from './migrations.ts';

const units = (db: Db) => db.withTables<OrganisationTables>();

/** What may stand below what. */
const BELOW: Record<OrgKind, readonly OrgKind[]> = { bureau: ['prison', 'office'], prison: ['ward', 'office'], ward: [], office: [] };
const DEPTH: Record<OrgKind, number> = { bureau: 0, prison: 1, office: 2, ward: 2 };

export interface OrgUnitContent {
  name: string;
  code: string;
  sort: number;
}

const viewOf = ({ id, parent_id, kind, name, code, sort, enabled, version }: OrgUnit): OrgUnitView => ({
  id,
  parentId: parent_id,
  kind,
  name,
  code,
  sort,
  enabled: enabled === 1,
  version,
});

/** The whole tree, parents before their children: some hundreds of units. */
export async function listOrgUnits(db: Db): Promise<OrgUnitView[]> {
  const rows = await units(db).selectFrom('org_units').selectAll().orderBy('sort').orderBy('name').execute();
  return rows.map(viewOf).toSorted((a, b) => DEPTH[a.kind] - DEPTH[b.kind]);
}

/** Throws `bad_request` when such a unit cannot stand there, `name_taken` when its name does already. */
export async function createOrgUnit(db: Db, unit: OrgUnitContent & { parentId: string; kind: OrgKind }): Promise<OrgUnitView> {
  await assertPlace(db, unit.kind, unit.parentId);
  await assertNameFree(db, unit.parentId, unit.name);
  const id = newId();
  const { name, code, sort, kind, parentId } = unit;
  await units(db).insertInto('org_units').values({ id, parent_id: parentId, kind, name, code, sort, enabled: 1, version: 0 }).execute();
  forgetUnitNames(db);
  return { id, parentId, kind, name, code, sort, enabled: true, version: 0 };
}

export type OrgUnitEdit = OrgUnitContent & { parentId: string | null; enabled: boolean; version: number };

/**
 * Renames, orders, moves, enables or disables a unit. A ward or office moves only within its prison's bureau while nobody belongs to it,
 * as people carry their prison. Throws `edit_conflict`, `org_move_invalid`, `in_use`, `name_taken`.
 */
export async function editOrgUnit(db: Db, id: string, edit: OrgUnitEdit): Promise<{ before: OrgUnitView; after: OrgUnitView }> {
  const old = await lockOrgUnit(db, id);
  if (old.version !== edit.version) throw new QinqiaoError('edit_conflict');
  if (edit.parentId !== old.parent_id) await assertMove(db, old, edit.parentId);
  if (old.enabled === 1 && !edit.enabled) await assertDisable(db, old);
  await assertNameFree(db, edit.parentId, edit.name, id);
  const { name, code, sort, parentId, enabled } = edit;
  const columns = { name, code, sort, parent_id: parentId, enabled: enabled ? (1 as const) : (0 as const), version: old.version + 1 };
  await units(db).updateTable('org_units').set(columns).where('id', '=', id).execute();
  forgetUnitNames(db);
  return { before: viewOf(old), after: viewOf({ ...old, ...columns }) };
}

/** Throws `in_use` while anything belongs to it. */
export async function deleteOrgUnit(db: Db, id: string): Promise<OrgUnitView> {
  const old = await lockOrgUnit(db, id);
  if (old.kind === 'bureau' || (await isUsed(db, id))) throw new QinqiaoError('in_use');
  await units(db).deleteFrom('org_units').where('id', '=', id).execute();
  forgetUnitNames(db);
  return viewOf(old);
}

async function lockOrgUnit(db: Db, id: string): Promise<OrgUnit> {
  const row = await units(db).selectFrom('org_units').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

async function assertPlace(db: Db, kind: OrgKind, parentId: string): Promise<void> {
  const parent = await findOrgUnit(db, parentId);
  if (!parent) throw new QinqiaoError('bad_request', { fields: { parentId: 'no such unit' } });
  if (!BELOW[parent.kind].includes(kind))
    throw new QinqiaoError('org_move_invalid', { fields: { parentId: `no ${kind} below a ${parent.kind}` } });
}

async function assertMove(db: Db, unit: OrgUnit, parentId: string | null): Promise<void> {
  if (unit.kind === 'bureau' || parentId === null || parentId === unit.id) throw new QinqiaoError('org_move_invalid');
  const parent = await findOrgUnit(db, parentId);
  if (!parent || parent.enabled === 0 || !BELOW[parent.kind].includes(unit.kind)) throw new QinqiaoError('org_move_invalid');
  if (unit.kind !== 'prison' && (await isUsed(db, unit.id))) throw new QinqiaoError('in_use');
}

/** A unit whose own units or people are still active stays enabled. */
async function assertDisable(db: Db, unit: OrgUnit): Promise<void> {
  const below = units(db).selectFrom('org_units').select('id').where('parent_id', '=', unit.id).where('enabled', '=', 1);
  if (unit.kind === 'bureau' || (await below.executeTakeFirst())) throw new QinqiaoError('in_use');
  const people = units(db).withTables<UserTables>();
  const officer = people
    .selectFrom('officers')
    .select('id')
    .where((eb) => eb.or([eb('prison_id', '=', unit.id), eb('unit_id', '=', unit.id)]));
  if (await officer.where('enabled', '=', 1).executeTakeFirst()) throw new QinqiaoError('in_use');
  const inmate = people
    .selectFrom('inmates')
    .select('id')
    .where((eb) => eb.or([eb('prison_id', '=', unit.id), eb('ward_id', '=', unit.id)]));
  if (await inmate.executeTakeFirst()) throw new QinqiaoError('in_use');
}

type UserTables = {
  officers: { id: string; prison_id: string; unit_id: string | null; enabled: number };
  inmates: { id: string; prison_id: string; ward_id: string };
  calls: { id: string; prison_id: string };
};

async function isUsed(db: Db, id: string): Promise<boolean> {
  const tables = units(db).withTables<UserTables>();
  const any = async (query: { executeTakeFirst(): Promise<unknown> }) => (await query.executeTakeFirst()) !== undefined;
  return (
    (await any(tables.selectFrom('org_units').select('id').where('parent_id', '=', id).limit(1))) ||
    (await any(tables.selectFrom('rooms').select('id').where('prison_id', '=', id).limit(1))) ||
    (await any(
      tables
        .selectFrom('officers')
        .select('id')
        .where((eb) => eb.or([eb('prison_id', '=', id), eb('unit_id', '=', id)]))
        .limit(1),
    )) ||
    (await any(
      tables
        .selectFrom('inmates')
        .select('id')
        .where((eb) => eb.or([eb('prison_id', '=', id), eb('ward_id', '=', id)]))
        .limit(1),
    )) ||
    (await any(tables.selectFrom('calls').select('id').where('prison_id', '=', id).limit(1)))
  );
}

async function assertNameFree(db: Db, parentId: string | null, name: string, except?: string): Promise<void> {
  if (parentId === null) return;
  const same = await units(db).selectFrom('org_units').select('id').where('parent_id', '=', parentId).where('name', '=', name).execute();
  if (same.some(({ id }) => id !== except)) throw new QinqiaoError('name_taken', { fields: { name: 'taken' } });
}
