import { type CryptoProvider, type Db, isDuplicateKey, systemClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeSeenBy } from '../index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import {
  checkLedger,
  findCardHolder,
  issueCard,
  listCards,
  listEntries,
  moveCard,
  pay,
  readCard,
  replaceCard,
  reverseEntry,
} from './index.ts';

const actor = { role: 'officer' as const, id: 'o', name: '王科长' };
let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
let crypto: CryptoProvider;
let ours: TestPeople;
let theirs: TestPeople;
const deps = (as: Db = db) => ({ db: as, crypto, clock: systemClock, actor });
const note = { note: '' };
const issue = (uid = '0A1B2C3D', people = ours) => issueCard(deps(), { uid, holderKind: 'inmate', holderNumber: people.keys.number });
const deposit = (id: string, amountFen: number, key = `key-${Math.random()}`) =>
  pay(db, id, { kind: 'deposit', amountFen, note: '存入', key }, systemClock, actor);
const withdraw = (id: string, amountFen: number, key = `key-${Math.random()}`) =>
  pay(db, id, { kind: 'withdraw', amountFen, note: '取出', key }, systemClock, actor);

describe.each(DATABASES)('cards on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ({ db, crypto } = store);
    ours = await addTestPeople(db);
    theirs = await addTestPeople(db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('belong to one person, who holds one card', async () => {
    const { card } = await issue();
    expect(card).toMatchObject({ state: 'active', balanceFen: 0, holder: { kind: 'inmate', id: ours.ids.inmate, name: '陈建国' } });
    await expect(issue('99999999')).rejects.toMatchObject({ code: 'card_held' });
    await expect(issue('0A1B2C3D', theirs)).rejects.toMatchObject({ code: 'name_taken', fields: { uid: expect.any(String) } });
    const nobody = issueCard(deps(), { uid: '11111111', holderKind: 'officer', holderNumber: 'nobody' });
    await expect(nobody).rejects.toMatchObject({ code: 'bad_request', fields: { holderNumber: expect.any(String) } });
    await issueCard(deps(), { uid: '22222222', holderKind: 'officer', holderNumber: ours.keys.account });
    expect((await listCards(db, crypto, { limit: 10 })).items.map(({ uid }) => uid)).toEqual(['22222222', '0A1B2C3D']);
    expect((await listCards(db, crypto, { limit: 10, text: ours.keys.number })).items).toHaveLength(1);
    expect((await listCards(db, crypto, { limit: 10, text: '0a1b2c3d' })).items).toHaveLength(1);
    expect((await listCards(db, crypto, { limit: 10, holderKind: 'officer' })).items).toHaveLength(1);
  });

  it('are refused when their content was copied from, or changed on, another card', async () => {
    const mine = await issue();
    const other = await issue('77777777', theirs);
    expect(await readCard(deps(), { uid: '0A1B2C3D', payload: mine.payload })).toMatchObject({ id: mine.card.id });
    const changed = `${mine.payload.slice(0, -2)}AA`;
    for (const [uid, payload] of [
      ['77777777', mine.payload],
      ['0A1B2C3D', other.payload],
      ['0A1B2C3D', changed],
      ['0A1B2C3D', 'x'],
    ] as const)
      await expect(readCard(deps(), { uid, payload })).rejects.toMatchObject({ code: 'card_invalid' });
    await expect(readCard(deps(), { uid: '12345678' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are lost, found, returned when empty, and replaced with their balance', async () => {
    const { card, payload } = await issue();
    const lost = await moveCard(deps(), card.id, 'lost', { version: 1, ...note });
    expect(lost.state).toBe('lost');
    expect(await findCardHolder(db, crypto, card.uid)).toBeUndefined();
    await expect(deposit(card.id, 100)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(moveCard(deps(), card.id, 'found', { version: 1, ...note })).rejects.toMatchObject({ code: 'edit_conflict' });
    await moveCard(deps(), card.id, 'found', { version: 2, ...note });
    expect(await findCardHolder(db, crypto, card.uid, payload)).toEqual({ cardId: card.id, kind: 'inmate', id: ours.ids.inmate });
    await deposit(card.id, 5000);
    await expect(moveCard(deps(), card.id, 'returned', { version: 3, ...note })).rejects.toMatchObject({ code: 'card_balance_left' });
    const fresh = await replaceCard(deps(), card.id, { uid: 'ABCDEF01', version: 3, ...note });
    expect(fresh.card).toMatchObject({ balanceFen: 5000, state: 'active', uid: 'ABCDEF01' });
    expect(await findCardHolder(db, crypto, '0A1B2C3D')).toBeUndefined();
    for (const id of [card.id, fresh.card.id]) expect((await checkLedger(db, id)).fits).toBe(true);
    await withdraw(fresh.card.id, 5000);
    await moveCard(deps(), fresh.card.id, 'returned', { version: 1, ...note });
    await issue('ABCDEF01');
  });

  it('have a ledger: each entry once, never negative, taken back by a reversal', async () => {
    const { card } = await issue();
    const first = await deposit(card.id, 1000, 'key-00001');
    expect((await deposit(card.id, 1000, 'key-00001')).id).toBe(first.id);
    await expect(deposit(card.id, 2000, 'key-00001')).rejects.toMatchObject({ code: 'request_reused' });
    await expect(withdraw(card.id, 1001)).rejects.toMatchObject({ code: 'balance_too_low' });
    const taken = await withdraw(card.id, 300);
    await expect(reverseEntry(db, first.id, '误存', systemClock, actor)).rejects.toMatchObject({ code: 'balance_too_low' });
    const reversal = await reverseEntry(db, taken.id, '误取', systemClock, actor);
    expect(reversal).toMatchObject({ kind: 'reversal', amountFen: 300, balanceFen: 1000 });
    await expect(reverseEntry(db, taken.id, '再次', systemClock, actor)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(reverseEntry(db, reversal.id, '再次', systemClock, actor)).rejects.toMatchObject({ code: 'wrong_state' });
    const page = await listEntries(db, card.id, { limit: 2 });
    expect(page.items.map(({ balanceFen }) => balanceFen)).toEqual([1000, 700]);
    expect(page.items[1]).toMatchObject({ reversedBy: reversal.id });
    expect((await listEntries(db, card.id, { limit: 2, cursor: page.next ?? '' })).items).toMatchObject([{ id: first.id }]);
    expect(await checkLedger(db, card.id)).toEqual({ fits: true, balanceFen: 1000, sumFen: 1000 });
    await db.withTables<{ cards: { balance_fen: number } }>().updateTable('cards').set({ balance_fen: 999_999 }).execute();
    expect((await checkLedger(db, card.id)).fits).toBe(false);
    await expect(deposit(card.id, 100)).rejects.toMatchObject({ code: 'data_damaged' });
  });

  it('keep their balance right when many pay at once', async () => {
    const { card } = await issue();
    await deposit(card.id, 1000);
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => withdraw(card.id, 100)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const result of results) if (result.status === 'rejected') expect(isDuplicateKey(result.reason)).toBe(false);
    expect(await checkLedger(db, card.id)).toEqual({ fits: true, balanceFen: 0, sumFen: 0 });
  });

  it('are seen by those who see the holder only', async () => {
    const { card } = await issue();
    const seen = { all: false, prisons: [theirs.ids.prison], wards: [], partly: [], own: null };
    const foreign = storeSeenBy(db, seen);
    expect((await listCards(foreign, crypto, { limit: 10 })).items).toEqual([]);
    await expect(readCard(deps(foreign), { uid: card.uid })).rejects.toMatchObject({ code: 'not_found' });
    await expect(moveCard(deps(foreign), card.id, 'lost', { version: 1, ...note })).rejects.toMatchObject({ code: 'not_found' });
    const issued = issueCard(deps(foreign), { uid: '33333333', holderKind: 'inmate', holderNumber: ours.keys.number });
    await expect(issued).rejects.toMatchObject({ code: 'bad_request' });
    const ward = storeSeenBy(db, { ...seen, prisons: [], wards: [theirs.ids.ward], partly: [theirs.ids.prison] });
    await issueCard(deps(ward), { uid: '44444444', holderKind: 'inmate', holderNumber: theirs.keys.number });
    expect((await listCards(ward, crypto, { limit: 10 })).items).toHaveLength(1);
  });
});
