import { type ConversationNote, type NoteKind, QinqiaoError } from '@qinqiao/contracts';
import { type Db, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { changeConversation, lockConversation } from '../conversations/index.ts';
import { useEntries } from '../settings/index.ts';
import type { RelisteningTables } from './migrations.ts';
import type { Working } from './work.ts';

const tables = (db: Db) => db.withTables<RelisteningTables>();
type Row = RelisteningTables['relistening_notes'];
/** More than anybody reads again. */
const MOST = 500;

/** A conversation's notes, bookmarks and abnormal marks, in its order. */
export async function listNotes(db: Db, conversationId: string, officerId: string): Promise<ConversationNote[]> {
  const rows = tables(db).selectFrom('relistening_notes').selectAll().where('conversation_id', '=', conversationId);
  return (await rows.orderBy('at_ms').orderBy('id').limit(MOST).execute()).map((row) => view(row, officerId));
}

const view = (row: Row, officerId: string): ConversationNote => ({
  id: row.id,
  kind: row.kind,
  atMs: row.at_ms,
  text: row.text,
  category: row.category,
  officerId: row.officer_id,
  officerName: row.officer_name,
  at: row.at,
  own: row.officer_id === officerId,
});

type Doing = Pick<Working, 'db' | 'clock' | 'actor' | 'mayAssign'>;
export interface NoteContent {
  kind: NoteKind;
  atMs: number;
  text: string;
  category: string | null;
}

/** Throws `not_found`, `too_many_requests`, `bad_request` for a category that is not offered. */
export async function addNote(
  { db, clock, actor }: Doing,
  conversationId: string,
  { kind, atMs, text, category }: NoteContent,
): Promise<ConversationNote> {
  return db.transaction().execute(async (trx) => {
    const row = await lockConversation(trx, conversationId);
    if (!row) throw new QinqiaoError('not_found');
    const { count } = await tables(trx)
      .selectFrom('relistening_notes')
      .select(({ fn }) => fn.countAll<number | string>().as('count'))
      .where('conversation_id', '=', conversationId)
      .executeTakeFirstOrThrow();
    if (Number(count) >= MOST) throw new QinqiaoError('too_many_requests');
    if (category !== null) await useEntries(trx, 'abnormal_category', [category], { field: 'category' });
    const at = toInstant(clock.now());
    const what = { kind, at_ms: atMs, text, category: kind === 'abnormal' ? category : null };
    const note: Row = { id: newId(), conversation_id: conversationId, officer_id: actor.id, officer_name: actor.name, ...what, at };
    await tables(trx).insertInto('relistening_notes').values(note).execute();
    if (kind === 'abnormal') await changeConversation(trx, conversationId, { abnormal: row.abnormal + 1, has_abnormal: 1 });
    const detail = { kind, atMs, category: note.category };
    await writeAudit(trx, { at, actor, action: 'conversation.note', subject: { kind: 'conversation', id: conversationId }, detail });
    return view(note, actor.id);
  });
}

/** Throws `not_found`, and `forbidden` for another officer's without the permission to assign. */
export async function deleteNote({ db, clock, actor, mayAssign }: Doing, conversationId: string, noteId: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await lockConversation(trx, conversationId);
    const notes = tables(trx)
      .selectFrom('relistening_notes')
      .selectAll()
      .where('id', '=', noteId)
      .where('conversation_id', '=', conversationId);
    const note = row && (await notes.executeTakeFirst());
    if (!row || !note) throw new QinqiaoError('not_found');
    if (note.officer_id !== actor.id && !mayAssign) throw new QinqiaoError('forbidden');
    await tables(trx).deleteFrom('relistening_notes').where('id', '=', noteId).execute();
    const abnormal = Math.max(0, row.abnormal - 1);
    if (note.kind === 'abnormal') await changeConversation(trx, conversationId, { abnormal, has_abnormal: abnormal > 0 ? 1 : 0 });
    const { kind, at_ms, text, category, officer_name } = note;
    const detail = { before: { kind, atMs: at_ms, text, category, officer: officer_name } };
    const subject = { kind: 'conversation', id: conversationId };
    await writeAudit(trx, { at: toInstant(clock.now()), actor, action: 'conversation.delete_note', subject, detail });
  });
}
