import { type HelpPost, type HelpQuestion, type HelpRecord, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import { familyCards } from '../people/index.ts';
import type { HelpTables } from './migrations.ts';

export type QuestionRow = HelpTables['help_questions'];
export const help = (db: Db) => db.withTables<HelpTables>();

/** Names of units: an office with its prison's. */
async function unitTitles(db: Db): Promise<(id: string) => string> {
  const units = new Map((await listOrgUnits(db)).map((unit) => [unit.id, unit]));
  return (id) => {
    const unit = units.get(id);
    const above = unit?.kind === 'office' ? units.get(unit.parentId ?? '') : undefined;
    return [above?.name, unit?.name].filter((name) => name !== undefined).join(' · ');
  };
}

export async function viewQuestions(db: Db, rows: readonly QuestionRow[]): Promise<HelpQuestion[]> {
  const title = await unitTitles(db);
  return rows.map((row) => ({
    id: row.id,
    unitId: row.unit_id,
    unitName: title(row.unit_id),
    title: row.title,
    state: row.state,
    askedAt: row.asked_at,
    updatedAt: row.updated_at,
    version: row.version,
  }));
}

/** As officers see them. Names come from the whole store: who sees a question sees whose it is. */
export async function recordQuestions(db: Db, rows: readonly QuestionRow[]): Promise<HelpRecord[]> {
  const store = db.withoutPlugins();
  const familyIds = rows.map((row) => row.family_id);
  const [views, families] = await Promise.all([viewQuestions(store, rows), familyCards(store, familyIds)]);
  return rows.flatMap((row, index) => {
    const view = views[index];
    const family = families.get(row.family_id);
    const asking = { familyId: row.family_id, familyName: family?.name ?? '', familyPhone: family?.phone ?? '' };
    return view ? { ...view, ...asking, assigneeId: row.assignee_id, assigneeName: row.assignee_name } : [];
  });
}

/** What was written, in its order. With `hide` officers go by their unit's name. */
export async function listPosts(db: Db, question: QuestionRow, hide?: { unitName: string }): Promise<HelpPost[]> {
  const rows = await help(db).selectFrom('help_posts').selectAll().where('question_id', '=', question.id).orderBy('id').execute();
  return rows.map(({ id, at, role, author_name, text }) => ({
    id,
    at,
    role,
    name: hide && role === 'officer' ? hide.unitName : author_name,
    text,
  }));
}

export async function onlyView(db: Db, row: QuestionRow): Promise<HelpQuestion> {
  const [view] = await viewQuestions(db, [row]);
  if (!view) throw new QinqiaoError('not_found');
  return view;
}
