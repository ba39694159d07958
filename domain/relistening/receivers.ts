import { type Clock, type CryptoProvider, type Db } from '@qinqiao/server-kit';
import { listMissing, listUnsettled, refreshConversation } from '../conversations/index.ts';
import type { Message, Receivers } from '../outbox/index.ts';
import { applyRules, withdraw } from './assign.ts';

interface Deps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
}

/** Brings a conversation to what is known of it now, and asks the rules once it is ready. May be called again. */
export async function settleConversation(deps: Deps, id: string): Promise<void> {
  const row = await refreshConversation(deps.db, id);
  if (row?.recording === 'ready') await applyRules(deps, id);
  if (row?.recording === 'deleted') await withdraw(deps, id);
}

/** What re-listening learns from calls and recordings. A message may come twice. */
export function relisteningReceivers(deps: Deps): Receivers {
  const settle = ({ payload }: Message) => {
    const { id, callId } = payload as { id?: string; callId?: string };
    return settleConversation(deps, callId ?? id ?? '');
  };
  const topics = ['call.ended', 'recording.ready', 'recording.failed', 'recording.deleted', 'recording.changed', 'transcript.changed'];
  return Object.fromEntries(topics.map((topic) => [topic, settle]));
}

/** Adds conversations that are missing, and looks again at those whose recording was under way. Answers how many of each. */
export async function repairConversations(
  deps: Deps,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<{ added: number; looked: number }> {
  let added = 0;
  for (let cursor: string | null = ''; cursor !== null && !signal.aborted; ) {
    const page: { ids: string[]; next: string | null } = await listMissing(deps.db, cursor);
    for (const id of page.ids) await settleConversation(deps, id);
    added += page.ids.length;
    if (page.ids.length > 0) note(`${added} 条已补录 added`);
    cursor = page.next;
  }
  const unsettled = signal.aborted ? [] : await listUnsettled(deps.db);
  for (const id of unsettled) await settleConversation(deps, id);
  return { added, looked: unsettled.length };
}
