import { QinqiaoError, type ReviewRuleContent, ReviewRuleContent as ReviewRuleSchema, type ReviewRuleView } from '@qinqiao/contracts';
import { type Db, newId } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import type { ReviewTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ReviewTables & OrganisationTables>();
const viewOf = ({ id, prison_id, content, version }: ReviewTables['review_rules']): ReviewRuleView => ({
  id,
  prisonId: prison_id,
  content: ReviewRuleSchema.parse(JSON.parse(content)),
  version,
});
/** More rules than a person keeps in mind. */
const MOST_RULES = 200;

/** In the order in which they are asked. */
export async function listReviewRules(db: Db, prisonId: string): Promise<ReviewRuleView[]> {
  const query = tables(db).selectFrom('review_rules').selectAll().where('prison_id', '=', prisonId);
  return (await query.orderBy('sort').orderBy('id').limit(MOST_RULES).execute()).map(viewOf);
}

/** Throws `not_found`. */
export async function getReviewRule(db: Db, id: string): Promise<ReviewRuleView> {
  const row = await tables(db).selectFrom('review_rules').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** Adds a rule after the others. Throws `bad_request` for what is no prison, or when there are too many. */
export async function addReviewRule(db: Db, prisonId: string, content: ReviewRuleContent): Promise<ReviewRuleView> {
  const prison = await tables(db).selectFrom('org_units').select('kind').where('id', '=', prisonId).executeTakeFirst();
  if (prison?.kind !== 'prison') throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  const others = await tables(db).selectFrom('review_rules').select('sort').where('prison_id', '=', prisonId).forUpdate().execute();
  if (others.length >= MOST_RULES) throw new QinqiaoError('bad_request', { fields: { name: 'too_many' } });
  const sort = Math.max(0, ...others.map((rule) => rule.sort)) + 1;
  const id = newId();
  await tables(db)
    .insertInto('review_rules')
    .values({ id, prison_id: prisonId, sort, content: JSON.stringify(content), version: 0 })
    .execute();
  return { id, prisonId, content, version: 0 };
}

/** Throws `not_found`, `edit_conflict`. */
export async function editReviewRule(db: Db, id: string, content: ReviewRuleContent, version: number): Promise<ReviewRuleView> {
  const change = tables(db)
    .updateTable('review_rules')
    .set({ content: JSON.stringify(content), version: version + 1 });
  const { numUpdatedRows } = await change.where('id', '=', id).where('version', '=', version).executeTakeFirst();
  const now = await getReviewRule(db, id);
  if (numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  return now;
}

/** Throws `not_found`. Answers what it was. */
export async function removeReviewRule(db: Db, id: string): Promise<ReviewRuleView> {
  const old = await getReviewRule(db, id);
  await tables(db).deleteFrom('review_rules').where('id', '=', id).execute();
  return old;
}

/** Asks the rules in this order from now on. Throws `edit_conflict` when these are not the prison's rules. */
export async function orderReviewRules(db: Db, prisonId: string, ids: readonly string[]): Promise<ReviewRuleView[]> {
  const rules = await tables(db).selectFrom('review_rules').select('id').where('prison_id', '=', prisonId).forUpdate().execute();
  const known = new Set(rules.map(({ id }) => id));
  if (new Set(ids).size !== ids.length || ids.length !== known.size || !ids.every((id) => known.has(id)))
    throw new QinqiaoError('edit_conflict');
  for (const [index, id] of ids.entries()) {
    await tables(db)
      .updateTable('review_rules')
      .set({ sort: index + 1 })
      .where('id', '=', id)
      .execute();
  }
  return listReviewRules(db, prisonId);
}
