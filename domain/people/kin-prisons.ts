import type { Db } from '@qinqiao/server-kit';
import { expressionBuilder, sql } from 'kysely';
import type { PeopleTables } from './tables.ts';

/** Prisons that are written down; more than that, and each is asked for. */
const MOST = 3;
/** Stands in `families.kin_prisons` where the prisons are not written down. */
export const ANY_PRISON = '*';

/**
 * The prisons of a family member's inmates other than the one that registered him, as `families.kin_prisons` keeps them. `family`: the table, or its
 * alias, that the expression stands beside.
 */
export function kinPrisons(family: string) {
  return expressionBuilder<PeopleTables>()
    .selectFrom('kinships as kin')
    .innerJoin('inmates as kin_inmate', 'kin_inmate.id', 'kin.inmate_id')
    .whereRef('kin.family_id', '=', sql.ref(`${family}.id`))
    .where((eb) =>
      eb.or([eb(sql.ref(`${family}.prison_id`), 'is', null), eb('kin_inmate.prison_id', '!=', sql.ref<string>(`${family}.prison_id`))]),
    )
    .select(
      sql<string | null>`case when count(distinct kin_inmate.prison_id) > ${sql.lit(MOST)} then ${sql.lit(ANY_PRISON)}
        else group_concat(distinct kin_inmate.prison_id) end`.as('prisons'),
    );
}

/**
 * To be called before kinships of these inmates are written, and before the family members are locked or changed: whoever moves one of the inmates to
 * another prison waits until the kinship can be seen, or has moved him before it is written.
 */
export async function holdInmates(trx: Db, inmates: readonly string[]): Promise<void> {
  if (inmates.length === 0) return;
  const all = trx.withoutPlugins().withTables<PeopleTables>();
  await all.selectFrom('inmates').select('id').where('id', 'in', inmates).orderBy('id').forUpdate().execute();
}

/**
 * To be called by whatever writes kinships, or moves one of the two to another prison, in the same transaction: lists of an officer's prison pass
 * over family members without asking for their inmates by it.
 */
export async function noteKinPrisons(trx: Db, families: readonly string[]): Promise<void> {
  if (families.length === 0) return;
  // Inmates whom the officer does not see count as well.
  const all = trx.withoutPlugins().withTables<PeopleTables>();
  // What another transaction has written of them by then is read by the next statement; the update alone might have begun to read before.
  await all.selectFrom('families').select('id').where('id', 'in', families).orderBy('id').forUpdate().execute();
  await all
    .updateTable('families')
    .set({ kin_prisons: kinPrisons('families') })
    .where('id', 'in', families)
    .execute();
}

/** The same for the families of inmates who were moved to another prison. */
export async function noteKinPrisonsOf(trx: Db, inmates: readonly string[]): Promise<void> {
  if (inmates.length === 0) return;
  const all = trx.withoutPlugins().withTables<PeopleTables>();
  const kin = await all.selectFrom('kinships').select('family_id').distinct().where('inmate_id', 'in', inmates).execute();
  await noteKinPrisons(
    trx,
    kin.map(({ family_id }) => family_id),
  );
}
