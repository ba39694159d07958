import { type CardView, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type CryptoProvider, type Db, isDuplicateKey, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { findInmateByNumber, findOfficerByAccount } from '../people/index.ts';
import { openContent, sealContent } from './content.ts';
import { addEntry, lockCard } from './ledger.ts';
import type { CardTables } from './migrations.ts';
import { findCardInUse, getCard } from './views.ts';

type CardRow = CardTables['cards'];
const tables = (db: Db) => db.withTables<CardTables>();

export interface CardDeps {
  /** Scoped: a card can be issued to, and read of, those only who are seen. */
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  actor: Actor;
}
export interface IssuedCard {
  card: CardView;
  /** To be written onto the card; of use on this card only. */
  payload: string;
}

/** Gives a person a card. Throws `bad_request` naming `holderNumber` for an unknown person, `card_held`, `name_taken` naming `uid` for a card in use. */
export async function issueCard(
  { db, crypto, clock, actor }: CardDeps,
  input: { uid: string; holderKind: CardRow['holder_kind']; holderNumber: string },
): Promise<IssuedCard> {
  const at = toInstant(clock.now());
  const id = newId();
  const serial = newId();
  await db.transaction().execute(async (trx) => {
    const holder = await findHolder(trx, input.holderKind, input.holderNumber);
    const row = {
      id,
      uid: input.uid,
      ...holder,
      holder_kind: input.holderKind,
      state: 'active' as const,
      balance_fen: 0,
      serial,
      issued_at: at,
      version: 1,
    };
    await insertCard(trx, row);
    const detail = { uid: input.uid, holder: holder.holder_in_use };
    await writeAudit(trx, { at, actor, action: 'card.issue', subject: { kind: 'card', id }, detail });
  });
  return { card: await getCard(db, id), payload: await sealContent(crypto, input.uid, { card: id, serial }) };
}

async function findHolder(db: Db, kind: CardRow['holder_kind'], number: string) {
  const unknown = () => new QinqiaoError('bad_request', { fields: { holderNumber: 'nobody has this number' } });
  if (kind === 'inmate') {
    const inmate = await findInmateByNumber(db, number);
    if (!inmate) throw unknown();
    const { id, prison_id, ward_id } = inmate;
    return { inmate_id: id, officer_id: null, prison_id, ward_id, holder_in_use: `inmate ${id}` };
  }
  const officer = await findOfficerByAccount(db, number);
  if (!officer) throw unknown();
  return { inmate_id: null, officer_id: officer.id, prison_id: officer.prison_id, ward_id: null, holder_in_use: `officer ${officer.id}` };
}

/** Looks first, for the sake of the message; the unique columns decide. */
async function insertCard(trx: Db, row: Omit<CardRow, 'uid_in_use'> & { holder_in_use: string }): Promise<void> {
  const inUse = (column: 'uid_in_use' | 'holder_in_use', value: string) =>
    tables(trx).selectFrom('cards').select('id').where(column, '=', value).executeTakeFirst();
  const taken = () => new QinqiaoError('name_taken', { fields: { uid: 'this card is in use' } });
  if (await inUse('uid_in_use', row.uid)) throw taken();
  if (await inUse('holder_in_use', row.holder_in_use)) throw new QinqiaoError('card_held');
  try {
    await tables(trx)
      .insertInto('cards')
      .values({ ...row, uid_in_use: row.uid })
      .execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw taken();
    throw error;
  }
}

const MOVES = {
  lost: { from: ['active'], to: 'lost', action: 'card.lost' },
  found: { from: ['lost'], to: 'active', action: 'card.found' },
  returned: { from: ['active', 'lost'], to: 'returned', action: 'card.return' },
} as const;

/** Reports a card lost, un-loses it, or takes it back. Throws `wrong_state`, `edit_conflict`, `card_balance_left` for a return with money on it. */
export async function moveCard(
  { db, clock, actor }: CardDeps,
  id: string,
  move: keyof typeof MOVES,
  { version, note }: { version: number; note: string },
): Promise<CardView> {
  const { from, to, action } = MOVES[move];
  await db.transaction().execute(async (trx) => {
    const card = await lockCard(trx, id);
    assertMovable(card, version, from);
    if (to === 'returned' && card.balance_fen !== 0) throw new QinqiaoError('card_balance_left');
    await setState(trx, card, to);
    const detail = { before: card.state, after: to, note };
    await writeAudit(trx, { at: toInstant(clock.now()), actor, action, subject: { kind: 'card', id }, detail });
  });
  return getCard(db, id);
}

function assertMovable(card: CardRow, version: number, from: readonly CardRow['state'][]): void {
  if (card.version !== version) throw new QinqiaoError('edit_conflict');
  if (!from.includes(card.state)) throw new QinqiaoError('wrong_state');
}

async function setState(trx: Db, card: CardRow, state: CardRow['state']): Promise<void> {
  const inUse = state === 'active' || state === 'lost';
  const free = inUse ? {} : { uid_in_use: null, holder_in_use: null };
  await tables(trx)
    .updateTable('cards')
    .set({ state, version: card.version + 1, ...free })
    .where('id', '=', card.id)
    .execute();
}

/** Gives the holder another card, onto which the balance goes. The old one is of no use from then on. */
export async function replaceCard(
  { db, crypto, clock, actor }: CardDeps,
  id: string,
  { uid, version, note }: { uid: string; version: number; note: string },
): Promise<IssuedCard> {
  const at = toInstant(clock.now());
  const fresh = { id: newId(), serial: newId() };
  await db.transaction().execute(async (trx) => {
    const old = await lockCard(trx, id);
    assertMovable(old, version, ['active', 'lost']);
    const balance = old.balance_fen;
    if (balance > 0) await addEntry(trx, old, { kind: 'transferOut', amountFen: -balance, note, key: `${id} out` }, actor, at);
    await setState(trx, old, 'replaced');
    const holder = old.holder_in_use ?? '';
    const row: CardRow & { holder_in_use: string } = {
      ...old,
      ...fresh,
      uid,
      holder_in_use: holder,
      state: 'active',
      balance_fen: 0,
      issued_at: at,
      version: 1,
    };
    await insertCard(trx, row);
    if (balance > 0) await addEntry(trx, row, { kind: 'transferIn', amountFen: balance, note, key: `${fresh.id} in` }, actor, at);
    const detail = { before: { card: id, uid: old.uid }, after: { card: fresh.id, uid }, balanceFen: balance, note };
    await writeAudit(trx, { at, actor, action: 'card.replace', subject: { kind: 'card', id: fresh.id }, detail });
  });
  return { card: await getCard(db, fresh.id), payload: await sealContent(crypto, uid, { card: fresh.id, serial: fresh.serial }) };
}

/**
 * The card that lies on a reader; looking at it is audited. Throws `not_found` for one that is not in use or not seen, `card_invalid` when its
 * content is not the one that was written onto it.
 */
export async function readCard(
  { db, crypto, clock, actor }: CardDeps,
  { uid, payload }: { uid: string; payload?: string | undefined },
): Promise<CardView> {
  const card = await findCardInUse(db, uid);
  if (!card) throw new QinqiaoError('not_found');
  if (payload !== undefined) await assertContent(db, crypto, card, payload);
  const detail = { uid, withContent: payload !== undefined };
  await writeAudit(db, { at: toInstant(clock.now()), actor, action: 'card.read', subject: { kind: 'card', id: card.id }, detail });
  return card;
}

async function assertContent(db: Db, crypto: CryptoProvider, { id, uid }: CardView, payload: string): Promise<void> {
  const content = await openContent(crypto, uid, payload);
  const { serial } = await tables(db).selectFrom('cards').select('serial').where('id', '=', id).executeTakeFirstOrThrow();
  if (content.card !== id || content.serial !== serial) throw new QinqiaoError('card_invalid');
}

/** Whose active card this is, for logging in at a tablet or a door. Undefined when there is none; `card_invalid` for a wrong content. */
export async function findCardHolder(
  db: Db,
  crypto: CryptoProvider,
  uid: string,
  payload?: string,
): Promise<{ cardId: string; kind: 'inmate' | 'officer'; id: string } | undefined> {
  const card = await findCardInUse(db, uid.toUpperCase());
  if (card?.state !== 'active') return undefined;
  if (payload !== undefined) await assertContent(db, crypto, card, payload);
  return { cardId: card.id, kind: card.holder.kind, id: card.holder.id };
}
