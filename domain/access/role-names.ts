import type { Db } from '@qinqiao/server-kit';
import type { AccessTables } from './migrations.ts';

/** The names of these roles, by id; one that is no more is missing. To be shown only: nothing is decided on them. */
export async function roleNames(db: Db, ids: readonly string[]): Promise<Record<string, string>> {
  if (ids.length === 0) return {};
  const roles = db.withTables<AccessTables>().selectFrom('roles').select(['id', 'name']);
  const rows = await roles.where('id', 'in', [...ids]).execute();
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
