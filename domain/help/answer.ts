import { type HelpRecordThread, type HelpState, QinqiaoError } from '@qinqiao/contracts';
import { type Db, type DbTransaction, newestFirst, toInstant, writeAudit } from '@qinqiao/server-kit';
import { type Applying, within } from '../applications/index.ts';
import { addMessage } from '../messages/index.ts';
import { findOfficer, type PeopleTables } from '../people/index.ts';
import { addPost } from './ask.ts';
import { help, listPosts, onlyView, type QuestionRow, recordQuestions } from './rows.ts';

export interface QuestionFilter {
  state?: HelpState | undefined;
  unitId?: string | undefined;
  prisonId?: string | undefined;
  /** The officer it is assigned to. */
  assigneeId?: string | undefined;
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of questions as officers see them, the newest first. */
export async function listQuestions(db: Db, { state, unitId, prisonId, assigneeId, text, cursor, limit }: QuestionFilter) {
  let query = help(db).selectFrom('help_questions').selectAll();
  if (state !== undefined) query = query.where('state', '=', state);
  if (unitId !== undefined) query = query.where('unit_id', '=', unitId);
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (assigneeId !== undefined) query = query.where('assignee_id', '=', assigneeId);
  if (text) {
    const like = `${text.replace(/[%_\\]/g, '')}%`;
    const named = db
      .withoutPlugins()
      .withTables<PeopleTables>()
      .selectFrom('families')
      .select('families.id')
      .where('families.name', 'like', like);
    query = query.where((eb) => eb.or([eb('title', 'like', like), eb('family_id', 'in', named)]));
  }
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: await recordQuestions(db, items), next };
}

/** Throws `not_found`, also outside the data scope. */
export async function getQuestion(db: Db, id: string): Promise<HelpRecordThread> {
  const row = await help(db).selectFrom('help_questions').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return recordThread(db, row);
}

/** Gives a question to an officer, or with null back to everybody. `store`: the whole store, to look the officer up. */
export async function assignQuestion(
  applying: Applying,
  store: Db,
  id: string,
  { officerId, version }: { officerId: string | null; version: number },
): Promise<HelpRecordThread> {
  const officer = officerId === null ? null : await findOfficer(store, officerId);
  if (officer === undefined) throw new QinqiaoError('bad_request', { fields: { officerId: 'not_found' } });
  return change(applying, id, version, ['open', 'answered'], async (_trx, before) => {
    if (officer && officer.prisonId !== before.prison_id) throw new QinqiaoError('bad_request', { fields: { officerId: 'not_found' } });
    return { action: 'assign', columns: { assignee_id: officer?.id ?? null, assignee_name: officer?.name ?? null } };
  });
}

/** Answers, and closes it when asked to; the family member is told. */
export async function answerQuestion(
  applying: Applying,
  id: string,
  { text, close, version }: { text: string; close: boolean; version: number },
): Promise<HelpRecordThread> {
  const { actor, now } = applying;
  const at = toInstant(now);
  return change(applying, id, version, ['open', 'answered'], async (trx, before) => {
    await addPost(trx, before, actor, text, at);
    const { unitName } = await onlyView(trx.withoutPlugins(), before);
    const title = { zh: `${unitName}已答复您的咨询`, en: `${unitName} has answered you` };
    const message = { to: before.family_id, kind: 'help' as const, title, text: { zh: text, en: text } };
    await addMessage(trx, { ...message, link: `help:${id}`, key: `help:${id}:${before.version}`, at });
    return { action: 'answer', columns: { state: close ? 'closed' : 'answered' } };
  });
}

export function closeQuestion(applying: Applying, id: string, version: number): Promise<HelpRecordThread> {
  return change(applying, id, version, ['open', 'answered'], () =>
    Promise.resolve({ action: 'close', columns: { state: 'closed' as const } }),
  );
}

interface Done {
  action: string;
  columns: Partial<Pick<QuestionRow, 'state' | 'assignee_id' | 'assignee_name'>>;
}

async function change(
  applying: Applying,
  id: string,
  version: number,
  states: readonly HelpState[],
  run: (trx: DbTransaction, before: QuestionRow) => Promise<Done>,
): Promise<HelpRecordThread> {
  const { db, actor, now } = applying;
  const at = toInstant(now);
  return within(db, async (trx) => {
    const before = await help(trx).selectFrom('help_questions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    if (!before) throw new QinqiaoError('not_found');
    if (before.version !== version) throw new QinqiaoError('edit_conflict');
    if (!states.includes(before.state)) throw new QinqiaoError('wrong_state');
    const { action, columns } = await run(trx, before);
    const fresh = { ...columns, updated_at: at, version: version + 1 };
    await help(trx).updateTable('help_questions').set(fresh).where('id', '=', id).execute();
    const row = { ...before, ...fresh };
    const shown = ({ state, assignee_name }: QuestionRow) => ({ state, assignee: assignee_name });
    const detail = { family: row.family_id, before: shown(before), after: shown(row) };
    await writeAudit(trx, { at, actor, action: `help.${action}`, subject: { kind: 'help', id }, detail });
    return recordThread(trx, row);
  });
}

async function recordThread(db: Db, row: QuestionRow): Promise<HelpRecordThread> {
  const [record] = await recordQuestions(db, [row]);
  if (!record) throw new QinqiaoError('not_found');
  return { ...record, posts: await listPosts(db, row) };
}
