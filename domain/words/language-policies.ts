import { type LanguagePolicy, QinqiaoError, type SpokenLanguage } from '@qinqiao/contracts';
import { type Clock, type Db, toInstant } from '@qinqiao/server-kit';
import { bumpVersion, within } from './edit.ts';
import { EVERYWHERE, wordTables } from './word-rows.ts';

const languagesOf = (text: string) => text.split(',').filter((code) => code !== '') as SpokenLanguage[];

/** What is set for a prison itself; null: for all that have set nothing. */
export async function getLanguagePolicy(db: Db, prisonId: string | null): Promise<LanguagePolicy> {
  const row = await wordTables(db)
    .selectFrom('language_policies')
    .select(['languages', 'version'])
    .where('prison_id', '=', prisonId ?? EVERYWHERE)
    .executeTakeFirst();
  return row ? { languages: languagesOf(row.languages), version: row.version } : { languages: [], version: 0 };
}

/** Sets which languages are expected, for one prison or (null) for all that have set nothing. Throws `edit_conflict`. Counts in running calls within seconds. */
export async function saveLanguagePolicy(
  db: Db,
  prisonId: string | null,
  policy: LanguagePolicy,
  by: { clock: Clock; name: string },
): Promise<{ before: LanguagePolicy; after: LanguagePolicy }> {
  return within(db, async (trx) => {
    const prison_id = prisonId ?? EVERYWHERE;
    const row = await wordTables(trx)
      .selectFrom('language_policies')
      .selectAll()
      .where('prison_id', '=', prison_id)
      .forUpdate()
      .executeTakeFirst();
    if ((row?.version ?? 0) !== policy.version) throw new QinqiaoError('edit_conflict');
    const before = await getLanguagePolicy(trx, prisonId);
    const after = { languages: policy.languages, version: policy.version + 1 };
    const columns = {
      languages: policy.languages.join(','),
      version: after.version,
      updated_at: toInstant(by.clock.now()),
      updated_by: by.name,
    };
    if (row) await wordTables(trx).updateTable('language_policies').set(columns).where('prison_id', '=', prison_id).execute();
    else
      await wordTables(trx)
        .insertInto('language_policies')
        .values({ prison_id, ...columns })
        .execute();
    await bumpVersion(trx);
    return { before, after };
  });
}

/** The languages expected in every prison that has set some, and (key null) elsewhere. */
export async function loadLanguages(db: Db): Promise<Map<string | null, SpokenLanguage[]>> {
  const rows = await wordTables(db).selectFrom('language_policies').select(['prison_id', 'languages']).execute();
  return new Map(rows.map(({ prison_id, languages }) => [prison_id === EVERYWHERE ? null : prison_id, languagesOf(languages)]));
}
