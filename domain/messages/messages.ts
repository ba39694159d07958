import { type Instant, type Localised, type MessageKind, type MessageView, QinqiaoError } from '@qinqiao/contracts';
import { type Db, type DbTransaction, isDuplicateKey, newestFirst, newId, toInstant } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import type { MessageTables } from './migrations.ts';

export interface NewMessage {
  /** The family member. */
  to: string;
  kind: MessageKind;
  title: Localised;
  text: Localised;
  /** The page of the family app that it is about. */
  link?: string | null;
  /** A second message with this key is not made. At most 128 characters. */
  key: string;
  at?: Instant;
}

const messages = (db: Db) => db.withTables<MessageTables>();
const cut = ({ zh, en }: Localised, [zhMost, enMost]: [number, number]) => ({ zh: zh.slice(0, zhMost), en: en.slice(0, enMost) });

/** Tells a family member something, in the transaction of what it tells of. Answers false when it was told already. */
export async function addMessage(trx: Db, { to, kind, title, text, link = null, key, at }: NewMessage): Promise<boolean> {
  const shownTitle = cut(title, [100, 200]);
  const shownText = cut(text, [1000, 1000]);
  const row = { id: newId(), family_id: to, message_key: key, kind, link, at: at ?? toInstant(Date.now()), read_at: null };
  const texts = { title_zh: shownTitle.zh, title_en: shownTitle.en, text_zh: shownText.zh, text_en: shownText.en };
  // Looked for first: a refused insert would end the transaction on some databases.
  if (await messages(trx).selectFrom('messages').select('id').where('message_key', '=', key).executeTakeFirst()) return false;
  try {
    await messages(trx)
      .insertInto('messages')
      .values({ ...row, ...texts })
      .execute();
    if (kind === 'review' || kind === 'help') await tellOutside(trx, row, shownTitle);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** What other subjects say in the app is told of outside of it too (`notices`); what comes from there is told already. */
async function tellOutside(trx: Db, row: Pick<MessageTables['messages'], 'id' | 'family_id' | 'kind' | 'at'>, title: Localised) {
  const payload = { familyId: row.family_id, kind: row.kind, title };
  await sendLater(trx as DbTransaction, { topic: 'message.added', key: `message:${row.id}`, payload }, row.at);
}

export interface MessageFilter {
  unread?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of one family member's messages, the newest first. */
export async function listMessages(db: Db, familyId: string, { unread, cursor, limit }: MessageFilter) {
  let query = messages(db).selectFrom('messages').selectAll().where('family_id', '=', familyId);
  if (unread) query = query.where('read_at', 'is', null);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map(toView), next };
}

export async function countUnread(db: Db, familyId: string): Promise<number> {
  const counted = messages(db)
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number | string>().as('count'));
  const row = await counted.where('family_id', '=', familyId).where('read_at', 'is', null).executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Marks one of the person's messages as read, or without an id all of them. Throws `not_found` for another's. */
export async function readMessages(db: Db, familyId: string, id: string | undefined, at: Instant): Promise<void> {
  if (id !== undefined) {
    const own = messages(db).selectFrom('messages').select('id').where('id', '=', id).where('family_id', '=', familyId);
    if (!(await own.executeTakeFirst())) throw new QinqiaoError('not_found');
  }
  let update = messages(db).updateTable('messages').set({ read_at: at }).where('family_id', '=', familyId).where('read_at', 'is', null);
  if (id !== undefined) update = update.where('id', '=', id);
  await update.execute();
}

const toView = (row: MessageTables['messages']): MessageView => ({
  id: row.id,
  kind: row.kind,
  title: { zh: row.title_zh, en: row.title_en },
  text: { zh: row.text_zh, en: row.text_en },
  link: row.link,
  at: row.at,
  readAt: row.read_at,
});
