import {
  addDays,
  type Clock,
  type CryptoProvider,
  type Db,
  type DbTransaction,
  dayOf,
  instantAt,
  SYSTEM_ACTOR,
  toInstant,
} from '@qinqiao/server-kit';
import { changeConversation, type ConversationRow, lockConversation } from '../conversations/index.ts';
import { addEvent } from './events.ts';
import { draw, keepCount, lockRule, lockRules, ruleFor, type RuleRow } from './rules.ts';
import { nextOfficer } from './turns.ts';

export interface RelisteningDeps {
  /** The whole store. */
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
}

/** The end of a local day, so many days after this one. */
export const dueAfter = (now: Date, days: number): string => instantAt(addDays(dayOf(now), days), '24:00');

/**
 * Asks the prison's rules whether a conversation that is ready is to be heard, and by whom; once for each. Answers what came of it; null when it
 * was asked before, or is not ready.
 */
export async function applyRules(
  { db, crypto, clock }: RelisteningDeps,
  id: string,
): Promise<{ wanted: boolean; officerId: string | null } | null> {
  return db.transaction().execute(async (trx) => {
    const conversation = await lockConversation(trx, id);
    if (!conversation || conversation.recording !== 'ready' || conversation.ruled_at !== null) return null;
    const ruled_at = toInstant(clock.now());
    const rule = ruleFor(await lockRules(trx, conversation.prison_id), conversation);
    if (!rule || !(await isChosen(trx, rule, conversation))) {
      await changeConversation(trx, id, { ruled_at, rule_id: rule?.id ?? null });
      return { wanted: false, officerId: null };
    }
    const turn = { role: rule.role, ofWard: rule.of_ward === 1, last: rule.last_officer };
    const officer = await nextOfficer(trx, crypto, conversation, turn);
    if (officer) await keepCount(trx, rule.id, { last_officer: officer.id });
    const due = dueAfter(clock.now(), rule.days);
    // Somebody may have listened, or been given it, before the rules were asked.
    const open = conversation.listening === 'done' ? null : due;
    const whose =
      conversation.assigned_to === null && open ? { assigned_to: officer?.id ?? null, assigned_name: officer?.name ?? null } : {};
    const wanted = { wanted: 1, wanted_percent: rule.wanted_percent, due_at: due, open_due_at: conversation.open_due_at ?? open } as const;
    await changeConversation(trx, id, { ruled_at, rule_id: rule.id, ...wanted, ...whose });
    await addEvent(trx, { conversationId: id, kind: 'assigned', actor: SYSTEM_ACTOR, at: ruled_at, officer, reason: rule.name });
    return { wanted: true, officerId: officer?.id ?? null };
  });
}

async function isChosen(trx: DbTransaction, rule: RuleRow, { has_words, has_warnings }: ConversationRow): Promise<boolean> {
  if (rule.always_alerts === 1 && (has_words === 1 || has_warnings === 1)) return true;
  const { chosen, owed } = draw(rule.owed, rule.percent);
  await keepCount(trx, rule.id, { owed });
  return chosen;
}

/** What the second check of one that was just finished shall be: the rule's share of them goes to another officer, whoever finished it. */
export async function drawSecondCheck(
  trx: DbTransaction,
  crypto: CryptoProvider,
  conversation: ConversationRow,
  finisher: string,
): Promise<{ officer: { id: string; name: string } | null } | null> {
  const rule = conversation.rule_id === null ? undefined : await lockRule(trx, conversation.rule_id);
  if (!rule) return null;
  const { chosen, owed } = draw(rule.second_owed, rule.second_percent);
  const turn = { role: rule.role, ofWard: false, last: rule.second_last, not: finisher };
  const officer = chosen ? await nextOfficer(trx, crypto, conversation, turn) : null;
  await keepCount(trx, rule.id, { second_owed: owed, ...(officer ? { second_last: officer.id } : {}) });
  return chosen ? { officer } : null;
}

/** The recording is gone: nobody has to listen any more. */
export async function withdraw({ db, clock }: Pick<RelisteningDeps, 'db' | 'clock'>, id: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const row = await lockConversation(trx, id);
    if (!row || (row.open_due_at === null && row.second_state !== 'due')) return;
    const second = row.second_state === 'due' ? { second_state: 'none' as const, second_officer: null, second_name: null } : {};
    await changeConversation(trx, id, { open_due_at: null, ...second, version: row.version + 1 });
    await addEvent(trx, { conversationId: id, kind: 'withdrawn', actor: SYSTEM_ACTOR, at: toInstant(clock.now()) });
  });
}
