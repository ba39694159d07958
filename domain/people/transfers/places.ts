import type { Db } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../../organisation/index.ts';
import type { SeenUnits } from '../../scope/index.ts';
import type { PeopleTables } from '../tables.ts';

/** Looks up what files name by words: prisons, their wards, officers by account. */
export interface Lookups {
  prison(text: string): string | undefined;
  ward(prisonId: string, text: string): string | undefined;
  officer(account: string): string | undefined;
}

/** Of two prisons with one name, the one that is seen is meant. */
export async function openLookups({ db, seen }: { db: Db; seen: SeenUnits }): Promise<Lookups> {
  const tables = db.withTables<OrganisationTables & PeopleTables>();
  const units = await tables.selectFrom('org_units').select(['id', 'parent_id', 'kind', 'name']).execute();
  const officers = await tables.selectFrom('officers').select(['id', 'account']).execute();
  const prisons = new Map<string, string>();
  const wards = new Map<string, string>();
  for (const { id, parent_id, kind, name } of units) {
    if (kind === 'prison') for (const word of [id, name]) if (!prisons.has(word) || maySee(seen, { prisonId: id })) prisons.set(word, id);
    if (kind !== 'prison' && parent_id !== null) for (const word of [id, name]) wards.set(`${parent_id}\n${word}`, id);
  }
  const accounts = new Map(officers.map(({ id, account }) => [account, id]));
  return {
    prison: (text) => prisons.get(text),
    ward: (prisonId, text) => wards.get(`${prisonId}\n${text}`),
    officer: (account) => accounts.get(account),
  };
}

/** Whether somebody with this data scope may have a person there. */
export function maySee(seen: SeenUnits, at: { prisonId: string; wardId?: string; officerId?: string | null }): boolean {
  if (seen.all || seen.prisons.includes(at.prisonId)) return true;
  if (at.wardId === undefined) return seen.partly.includes(at.prisonId);
  return seen.wards.includes(at.wardId) || (seen.own !== null && at.officerId === seen.own);
}
