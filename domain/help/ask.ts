import { type HelpQuestion, type HelpThread, type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newestFirst, newId, toInstant } from '@qinqiao/server-kit';
import { type Applying, within } from '../applications/index.ts';
import { findOrgUnit } from '../organisation/index.ts';
import { lockFamily } from '../people/index.ts';
import { help, listPosts, onlyView, type QuestionRow, viewQuestions } from './rows.ts';

/** So many questions may wait for an answer at once, and so much may be written in one matter. */
const MOST_OPEN = 10;
const MOST_POSTS = 100;
const MANY: Localised = {
  zh: `还有 ${MOST_OPEN} 个问题未答复，请稍后再问`,
  en: `${MOST_OPEN} of your questions wait for an answer already`,
};
const LONG: Localised = { zh: '本次咨询内容过多，请新建咨询', en: 'This has grown long; begin a new question' };

/** A family member asks a prison or an office. Throws `bad_request` naming the field. */
export async function askQuestion(applying: Applying, input: { unitId: string; title: string; text: string }): Promise<HelpThread> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    await lockFamily(trx, actor.id);
    const unit = await findOrgUnit(trx, input.unitId);
    const asked = unit?.enabled === 1 && (unit.kind === 'prison' || (unit.kind === 'office' && unit.parent_id !== null));
    if (!asked) throw new QinqiaoError('bad_request', { fields: { unitId: 'not_found' } });
    const open = help(trx).selectFrom('help_questions').select('id').where('family_id', '=', actor.id).where('state', '=', 'open');
    if ((await open.execute()).length >= MOST_OPEN) throw new QinqiaoError('bad_request', { fields: { text: MANY } });
    const prison_id = unit.kind === 'prison' ? unit.id : (unit.parent_id ?? unit.id);
    const nobody = { assignee_id: null, assignee_name: null };
    const about = { family_id: actor.id, unit_id: unit.id, prison_id, title: input.title, state: 'open' as const };
    const row = { id: newId(), ...about, ...nobody, asked_at: at, updated_at: at, version: 1 };
    await help(trx).insertInto('help_questions').values(row).execute();
    await addPost(trx, row, actor, input.text, at);
    return thread(trx, row);
  });
}

/** Writes more in one's own matter; it waits for an answer again. Throws `not_found` for another's, `wrong_state` when it is closed. */
export async function addToQuestion(applying: Applying, id: string, text: string): Promise<HelpThread> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const row = await findOwn(trx, actor.id, id, true);
    if (row.state === 'closed') throw new QinqiaoError('wrong_state');
    const posts = help(trx).selectFrom('help_posts').select('id').where('question_id', '=', id);
    if ((await posts.execute()).length >= MOST_POSTS) throw new QinqiaoError('bad_request', { fields: { text: LONG } });
    await addPost(trx, row, actor, text, at);
    const change = { state: 'open' as const, updated_at: at, version: row.version + 1 };
    await help(trx).updateTable('help_questions').set(change).where('id', '=', id).execute();
    return thread(trx, { ...row, ...change });
  });
}

export const getOwnQuestion = async (db: Db, familyId: string, id: string): Promise<HelpThread> =>
  thread(db, await findOwn(db, familyId, id, false));

async function findOwn(db: Db, familyId: string, id: string, lock: boolean): Promise<QuestionRow> {
  const query = help(db).selectFrom('help_questions').selectAll().where('id', '=', id).where('family_id', '=', familyId);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

/** A page of one's own questions, the newest first. */
export async function listOwnQuestions(
  db: Db,
  familyId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ items: HelpQuestion[]; next: string | null }> {
  let query = help(db).selectFrom('help_questions').selectAll().where('family_id', '=', familyId);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: await viewQuestions(db, items), next };
}

async function thread(db: Db, row: QuestionRow): Promise<HelpThread> {
  const view = await onlyView(db, row);
  return { ...view, posts: await listPosts(db, row, { unitName: view.unitName }) };
}

/** Writes something into a matter. */
export async function addPost(
  trx: Db,
  question: Pick<QuestionRow, 'id'>,
  actor: { role: string; id: string; name: string },
  text: string,
  at: string,
): Promise<void> {
  const role = actor.role === 'family' ? ('family' as const) : ('officer' as const);
  const row = { id: newId(), question_id: question.id, at, role, author_id: actor.id, author_name: actor.name, text };
  await help(trx).insertInto('help_posts').values(row).execute();
}
