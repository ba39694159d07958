import type { Db } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import type { SeenUnits } from '../scope/index.ts';

export interface Place {
  id: string;
  name: string;
  wards: { id: string; name: string }[];
}

/** Prisons with their wards and offices, as far as an officer sees them. */
export async function listPlaces(db: Db, seen: SeenUnits): Promise<Place[]> {
  const units = db.withTables<OrganisationTables>().selectFrom('org_units').select(['id', 'parent_id', 'name']);
  const prisons = await units.where('kind', '=', 'prison').orderBy('name').execute();
  const wards = await units.where('kind', 'in', ['ward', 'office']).orderBy('name').execute();
  const whole = (id: string) => seen.all || seen.prisons.includes(id);
  const partly = (id: string) => whole(id) || seen.partly.includes(id);
  const seenWards = (prison: string) =>
    wards.filter((ward) => ward.parent_id === prison && (whole(prison) || seen.own !== null || seen.wards.includes(ward.id)));
  return prisons
    .filter(({ id }) => partly(id))
    .map(({ id, name }) => ({ id, name, wards: seenWards(id).map((ward) => ({ id: ward.id, name: ward.name })) }));
}
