import { type ConversationDetail, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, toInstant } from '@qinqiao/server-kit';
import { loadAccess } from '../access/index.ts';
import { conversationViews, type ConversationRow, findConversation } from '../conversations/index.ts';
import type { OfficerTables } from '../officers/index.ts';
import { listEvents } from './events.ts';
import { finishes, listEvaluations } from './finish.ts';
import { heardBy } from './heard.ts';
import { listNotes } from './notes.ts';
import { canListen } from './turns.ts';
import { openOf } from './workload.ts';

interface Asking {
  officerId: string;
  mayAssign: boolean;
  now: Date;
}

/** A conversation with everything that officers made of it. Throws `not_found`, also outside the data scope. */
export async function relisteningDetail(db: Db, id: string, { officerId, mayAssign, now }: Asking): Promise<ConversationDetail> {
  const row = await findConversation(db, id);
  const [conversation] = row ? await conversationViews(db, [row], toInstant(now)) : [];
  if (!row || !conversation) throw new QinqiaoError('not_found');
  return {
    conversation,
    wantedShare: row.wanted_percent / 100,
    heardBy: await heardBy(db, row),
    notes: await listNotes(db, id, officerId),
    evaluations: await listEvaluations(db, id),
    events: await listEvents(db, id),
    can: possible(row, officerId, mayAssign),
    version: row.version,
  };
}

function possible(row: ConversationRow, officerId: string, mayAssign: boolean): ConversationDetail['can'] {
  const open = row.open_due_at !== null;
  const secondDue = row.second_state === 'due';
  const holder = open ? row.assigned_to : row.second_officer;
  const as = finishes(row, officerId);
  return {
    take: (open && row.assigned_to === null) || (!open && secondDue && row.second_officer === null && row.done_by !== officerId),
    handOver: (open || secondDue) && (mayAssign || holder === officerId),
    finish: as === 'first',
    second: as === 'second',
    reopen: mayAssign && row.listening === 'done' && row.recording === 'ready',
  };
}

/** More officers than a prison has on its list of accounts. */
const MOST = 300;

/** Officers of the conversation's prison who may listen to it, with how many they have to do. Throws `not_found`. */
export async function relisteners(
  { db, whole, crypto }: { db: Db; whole: Db; crypto: CryptoProvider },
  id: string,
): Promise<{ id: string; name: string; open: number }[]> {
  const row = await findConversation(db, id);
  if (!row) throw new QinqiaoError('not_found');
  const officers = whole.withTables<OfficerTables>().selectFrom('officers').select(['id', 'name']).where('prison_id', '=', row.prison_id);
  const found: { id: string; name: string }[] = [];
  for (const officer of await officers.where('enabled', '=', 1).orderBy('name').limit(MOST).execute()) {
    if (await canListen(whole, await loadAccess(whole, crypto, officer.id), row)) found.push(officer);
  }
  const open = await openOf(
    whole,
    found.map((officer) => officer.id),
  );
  return found.map((officer) => ({ ...officer, open: open.get(officer.id) ?? 0 }));
}
