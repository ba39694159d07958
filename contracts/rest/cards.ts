import { z } from 'zod';
import { Instant } from '../ids.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

/** The number that is burnt into a card, as readers give it: hexadecimal or decimal digits. */
export const CardUid = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[0-9A-F]{4,32}$/, '4 to 32 digits');
/** Whole fen (1/100 yuan), positive, up to 100,000 yuan. */
export const Fen = z.number().int().min(1).max(10_000_000);
const Payload = z.string().min(1).max(1000);
const Note = z.string().trim().max(200).default('');

export const CardState = z.enum(['active', 'lost', 'returned', 'replaced']);
export const CardHolderKind = z.enum(['inmate', 'officer']);

export const CardView = z.object({
  id: z.string(),
  uid: z.string(),
  state: CardState,
  holder: z.object({ kind: CardHolderKind, id: z.string(), name: z.string(), number: z.string() }),
  balanceFen: z.number().int(),
  issuedAt: Instant,
  version: Version,
});
export type CardView = z.infer<typeof CardView>;

export const CardEntryKind = z.enum(['deposit', 'withdraw', 'transferIn', 'transferOut', 'reversal']);
export const CardEntry = z.object({
  id: z.string(),
  at: Instant,
  kind: CardEntryKind,
  /** Signed: what it adds to the balance. */
  amountFen: z.number().int(),
  /** After the entry. */
  balanceFen: z.number().int(),
  note: z.string(),
  actorName: z.string(),
  /** Of a reversal: the entry it takes back. */
  reverses: z.string().nullable(),
  /** The reversal of this entry, once there is one. */
  reversedBy: z.string().nullable(),
});
export type CardEntry = z.infer<typeof CardEntry>;

/** A card with what is to be written onto it: encrypted, and of use on this card only. */
const IssuedCard = z.object({ card: CardView, payload: z.string() });
const Change = z.object({ version: Version, note: Note });

/** Cards of inmates and officers, with a ledger of what is on them. */
export const cardRest = {
  listCards: {
    method: 'get',
    path: '/api/cards',
    roles: OFFICER,
    permission: 'card.read',
    query: Page.extend({
      state: CardState.optional(),
      holderKind: CardHolderKind.optional(),
      /** A card's number, or the holder's number. */
      text: SearchText.optional(),
    }),
    response: list(CardView),
  },
  getCard: { method: 'get', path: '/api/cards/:id', roles: OFFICER, permission: 'card.read', params: IdParams, response: CardView },
  issueCard: {
    method: 'post',
    path: '/api/cards',
    roles: OFFICER,
    permission: 'card.edit',
    idempotent: true,
    body: z.object({ uid: CardUid, holderKind: CardHolderKind, holderNumber: z.string().trim().min(1).max(64) }),
    response: IssuedCard,
  },
  /** What a reader read: the card's own number and, where the reader gives it, what was written onto it. */
  readCard: {
    method: 'post',
    path: '/api/cards/read',
    roles: OFFICER,
    permission: 'card.read',
    body: z.object({ uid: CardUid, payload: Payload.optional() }),
    response: CardView,
  },
  reportCardLost: {
    method: 'post',
    path: '/api/cards/:id/lost',
    roles: OFFICER,
    permission: 'card.edit',
    params: IdParams,
    body: Change,
    response: CardView,
  },
  findLostCard: {
    method: 'post',
    path: '/api/cards/:id/found',
    roles: OFFICER,
    permission: 'card.edit',
    params: IdParams,
    body: Change,
    response: CardView,
  },
  /** The balance must be 0. */
  returnCard: {
    method: 'post',
    path: '/api/cards/:id/return',
    roles: OFFICER,
    permission: 'card.edit',
    params: IdParams,
    body: Change,
    response: CardView,
  },
  /** A new card takes the balance of the old one. */
  replaceCard: {
    method: 'post',
    path: '/api/cards/:id/replace',
    roles: OFFICER,
    permission: 'card.edit',
    idempotent: true,
    params: IdParams,
    body: Change.extend({ uid: CardUid }),
    response: IssuedCard,
  },
  listCardEntries: {
    method: 'get',
    path: '/api/cards/:id/entries',
    roles: OFFICER,
    permission: 'card.read',
    params: IdParams,
    query: Page,
    response: list(CardEntry),
  },
  addCardEntry: {
    method: 'post',
    path: '/api/cards/:id/entries',
    roles: OFFICER,
    permission: 'card.balance',
    idempotent: true,
    params: IdParams,
    body: z.object({
      kind: z.enum(['deposit', 'withdraw']),
      amountFen: Fen,
      note: z.string().trim().min(1).max(200),
      /** The same entry sent again with its key counts once. */
      key: z.string().min(8).max(64),
    }),
    response: CardEntry,
  },
  reverseCardEntry: {
    method: 'post',
    path: '/api/card-entries/:id/reverse',
    roles: OFFICER,
    permission: 'card.balance',
    idempotent: true,
    params: IdParams,
    body: z.object({ note: z.string().trim().min(1).max(200) }),
    response: CardEntry,
  },
  /** Whether a card's balance is what its ledger comes to. */
  checkCardLedger: {
    method: 'get',
    path: '/api/cards/:id/ledger-check',
    roles: OFFICER,
    permission: 'card.read',
    params: IdParams,
    response: z.object({ fits: z.boolean(), balanceFen: z.number().int(), sumFen: z.number().int() }),
  },
} as const satisfies Record<string, RestEndpoint>;
