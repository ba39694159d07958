import type { Db } from '@qinqiao/server-kit';
import type { OrganisationTables } from './migrations.ts';

/** How old a name may be that another process has changed. */
const KEPT_MS = 1000;

type Names = ReadonlyMap<string, string>;
/** By the store's adapter, which all that is derived of a store shares. */
const kept = new WeakMap<object, { until: number; names: Promise<Names> }>();
const storeOf = (db: Db): object => db.getExecutor().adapter;

/**
 * The names of all prisons, wards and offices by id, some hundreds: nearly every list shows some. At most a second old when another process changed
 * one; within a transaction as they are there.
 */
export function unitNames(db: Db): Promise<Names> {
  if (db.isTransaction) return readNames(db);
  const store = storeOf(db);
  const known = kept.get(store);
  if (known && known.until > performance.now()) return known.names;
  const names = readNames(db);
  kept.set(store, { until: performance.now() + KEPT_MS, names });
  names.catch(() => forgetUnitNames(db));
  return names;
}

/** To be called by whatever changes a unit. */
export const forgetUnitNames = (db: Db): void => void kept.delete(storeOf(db));

async function readNames(db: Db): Promise<Names> {
  const rows = await db.withTables<OrganisationTables>().selectFrom('org_units').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
