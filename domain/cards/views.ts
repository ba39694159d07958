import { type CardView, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { listOfficers } from '../officers/index.ts';
import { listInmates, type PeopleTables } from '../people/index.ts';
import type { CardTables } from './migrations.ts';

export interface CardFilter {
  state?: CardTables['cards']['state'] | undefined;
  holderKind?: CardTables['cards']['holder_kind'] | undefined;
  /** A card's number; or the holder's number, name or initials. */
  text?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Cards with their holders. Through a scoped store, a card is seen when its holder is. */
function selectCards(db: Db) {
  return db
    .withTables<CardTables & PeopleTables>()
    .selectFrom('cards')
    .leftJoin('inmates', 'inmates.id', 'cards.inmate_id')
    .leftJoin('officers', 'officers.id', 'cards.officer_id')
    .selectAll('cards')
    .select([
      'inmates.name as inmateName',
      'inmates.number as inmateNumber',
      'officers.name as officerName',
      'officers.account as officerAccount',
    ])
    .where((eb) => eb.or([eb('inmates.id', 'is not', null), eb('officers.id', 'is not', null)]));
}
type Row = Awaited<ReturnType<ReturnType<typeof selectCards>['execute']>>[number];

const viewOf = (row: Row): CardView => ({
  id: row.id,
  uid: row.uid,
  state: row.state,
  holder: {
    kind: row.holder_kind,
    id: row.inmate_id ?? row.officer_id ?? '',
    name: row.inmateName ?? row.officerName ?? '',
    number: row.inmateNumber ?? row.officerAccount ?? '',
  },
  balanceFen: row.balance_fen,
  issuedAt: row.issued_at,
  version: row.version,
});

/** Cards, the newest first. */
export async function listCards(
  db: Db,
  crypto: CryptoProvider,
  { state, holderKind, text, limit, cursor }: CardFilter,
): Promise<{ items: CardView[]; next: string | null }> {
  let query = selectCards(db);
  if (state !== undefined) query = query.where('cards.state', '=', state);
  if (holderKind !== undefined) query = query.where('cards.holder_kind', '=', holderKind);
  if (cursor !== undefined) query = query.where('cards.id', '<', cursor);
  if (text) {
    const holders = await findHolders(db, crypto, text);
    query = query.where((eb) =>
      eb.or([
        eb('cards.uid', '=', text.toUpperCase()),
        ...(holders.inmates.length > 0 ? [eb('cards.inmate_id', 'in', holders.inmates)] : []),
        ...(holders.officers.length > 0 ? [eb('cards.officer_id', 'in', holders.officers)] : []),
      ]),
    );
  }
  const rows = await query
    .orderBy('cards.id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(viewOf);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Of a search that fits many people, the first hundred of each sort. */
async function findHolders(db: Db, crypto: CryptoProvider, text: string): Promise<{ inmates: string[]; officers: string[] }> {
  const [inmates, officers] = [await listInmates(db, crypto, { text, limit: 100 }), await listOfficers(db, { text, limit: 100 })];
  return { inmates: inmates.items.map(({ id }) => id), officers: officers.items.map(({ id }) => id) };
}

/** Throws `not_found`. */
export async function getCard(db: Db, id: string): Promise<CardView> {
  const row = await selectCards(db).where('cards.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** The card in use with this number, or undefined. */
export async function findCardInUse(db: Db, uid: string): Promise<CardView | undefined> {
  const row = await selectCards(db).where('cards.uid_in_use', '=', uid).executeTakeFirst();
  return row && viewOf(row);
}
