import { type CardEntry, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { CardTables } from './migrations.ts';

type EntryRow = CardTables['card_entries'];
type CardRow = CardTables['cards'];
const tables = (db: Db) => db.withTables<CardTables>();
/** 1,000,000 yuan. */
export const MAX_BALANCE_FEN = 100_000_000;

export interface NewEntry {
  kind: EntryRow['kind'];
  /** Signed. */
  amountFen: number;
  note: string;
  key: string;
  reverses?: string;
}

/** Locks a card; all its entries are made under this lock. Throws `not_found`. */
export async function lockCard(trx: Db, id: string): Promise<CardRow> {
  const card = await tables(trx).selectFrom('cards').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!card) throw new QinqiaoError('not_found');
  return card;
}

/**
 * Adds an entry to a locked card's ledger. Throws `balance_too_low` when the balance would become negative, `data_damaged` when the card's
 * balance is not the ledger's.
 */
export async function addEntry(
  trx: Db,
  card: CardRow,
  { kind, amountFen, note, key, reverses }: NewEntry,
  actor: Actor,
  at: string,
): Promise<EntryRow> {
  const last = await tables(trx)
    .selectFrom('card_entries')
    .select(['no', 'balance_fen'])
    .where('card_id', '=', card.id)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst();
  if ((last?.balance_fen ?? 0) !== card.balance_fen) throw new QinqiaoError('data_damaged', { detail: `balance of card ${card.id}` });
  const balance = card.balance_fen + amountFen;
  if (balance < 0) throw new QinqiaoError('balance_too_low');
  if (balance > MAX_BALANCE_FEN) throw new QinqiaoError('bad_request', { fields: { amountFen: 'the balance would be too high' } });
  const row: EntryRow = {
    id: newId(),
    card_id: card.id,
    no: (last?.no ?? 0) + 1,
    at,
    kind,
    amount_fen: amountFen,
    balance_fen: balance,
    note,
    actor_id: actor.id,
    actor_name: actor.name,
    reverses: reverses ?? null,
    entry_key: key,
  };
  await tables(trx).insertInto('card_entries').values(row).execute();
  await tables(trx).updateTable('cards').set({ balance_fen: balance }).where('id', '=', card.id).execute();
  const detail = { kind, amountFen, before: card.balance_fen, after: balance, note, entry: row.id };
  await writeAudit(trx, { at, actor, action: `card.${kind}`, subject: { kind: 'card', id: card.id }, detail });
  card.balance_fen = balance;
  return row;
}

export interface Payment {
  kind: 'deposit' | 'withdraw';
  /** Positive. */
  amountFen: number;
  note: string;
  /** Sent again with the same key, it counts once. */
  key: string;
}

/** Pays in or out. Throws `wrong_state` for a card that is not active, `balance_too_low`, `request_reused` for a key that came with something else. */
export async function pay(db: Db, cardId: string, { kind, amountFen, note, key }: Payment, clock: Clock, actor: Actor): Promise<CardEntry> {
  return db.transaction().execute(async (trx) => {
    const card = await lockCard(trx, cardId);
    const signed = kind === 'deposit' ? amountFen : -amountFen;
    const entryKey = `${cardId} ${key}`;
    const before = await tables(trx).selectFrom('card_entries').selectAll().where('entry_key', '=', entryKey).executeTakeFirst();
    if (before) {
      if (before.amount_fen !== signed || before.kind !== kind) throw new QinqiaoError('request_reused');
      return viewOf(before, null);
    }
    if (card.state !== 'active') throw new QinqiaoError('wrong_state');
    return viewOf(await addEntry(trx, card, { kind, amountFen: signed, note, key: entryKey }, actor, toInstant(clock.now())), null);
  });
}

/** Takes an entry back with one of the opposite amount. Throws `wrong_state` when it was taken back already or is no payment, `balance_too_low`. */
export async function reverseEntry(db: Db, entryId: string, note: string, clock: Clock, actor: Actor): Promise<CardEntry> {
  return db.transaction().execute(async (trx) => {
    const found = await tables(trx).selectFrom('card_entries').selectAll().where('id', '=', entryId).executeTakeFirst();
    if (!found) throw new QinqiaoError('not_found');
    const card = await lockCard(trx, found.card_id);
    const reversed = await tables(trx).selectFrom('card_entries').select('id').where('reverses', '=', entryId).executeTakeFirst();
    if (reversed || card.state !== 'active' || (found.kind !== 'deposit' && found.kind !== 'withdraw'))
      throw new QinqiaoError('wrong_state');
    const entry = {
      kind: 'reversal' as const,
      amountFen: -found.amount_fen,
      note,
      key: `${card.id} reversal ${entryId}`,
      reverses: entryId,
    };
    return viewOf(await addEntry(trx, card, entry, actor, toInstant(clock.now())), null);
  });
}

/** A card's entries, newest first. The cursor is an entry's number. */
export async function listEntries(
  db: Db,
  cardId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: CardEntry[]; next: string | null }> {
  const query = tables(db)
    .selectFrom('card_entries')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('no', 'desc')
    .limit(limit + 1);
  const rows = await (cursor === undefined ? query : query.where('no', '<', Number(cursor) || 0)).execute();
  const page = rows.slice(0, limit);
  const ids = page.map(({ id }) => id);
  const reversals =
    ids.length > 0 ? await tables(db).selectFrom('card_entries').select(['id', 'reverses']).where('reverses', 'in', ids).execute() : [];
  const by = new Map(reversals.map(({ id, reverses }) => [reverses, id]));
  return { items: page.map((row) => viewOf(row, by.get(row.id) ?? null)), next: rows.length > limit ? String(page.at(-1)?.no) : null };
}

/** Whether the card's balance is what its entries come to, each one following from the one before. */
export async function checkLedger(db: Db, cardId: string): Promise<{ fits: boolean; balanceFen: number; sumFen: number }> {
  const card = await tables(db).selectFrom('cards').select('balance_fen').where('id', '=', cardId).executeTakeFirst();
  if (!card) throw new QinqiaoError('not_found');
  const entries = await tables(db)
    .selectFrom('card_entries')
    .select(['no', 'amount_fen', 'balance_fen'])
    .where('card_id', '=', cardId)
    .orderBy('no')
    .execute();
  let sum = 0;
  let follows = true;
  for (const [index, entry] of entries.entries()) {
    sum += entry.amount_fen;
    follows &&= entry.no === index + 1 && entry.balance_fen === sum && sum >= 0;
  }
  return { fits: follows && sum === card.balance_fen, balanceFen: card.balance_fen, sumFen: sum };
}

const viewOf = (row: EntryRow, reversedBy: string | null): CardEntry => ({
  id: row.id,
  at: row.at,
  kind: row.kind,
  amountFen: row.amount_fen,
  balanceFen: row.balance_fen,
  note: row.note,
  actorName: row.actor_name,
  reverses: row.reverses,
  reversedBy,
});
