import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';

/** Ids of family members whose name begins so, for `in`. */
export const namedLike = (db: Db, text: string) =>
  db
    .withTables<PeopleTables>()
    .selectFrom('families')
    .select('families.id')
    .where('families.name', 'like', `${text.replace(/[%_\\]/g, '')}%`);
