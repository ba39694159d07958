import { checkCharacter, ContactInput, FamilyInput, InmateInput, InmateQuery, parseOrThrow } from '@qinqiao/contracts';
import { type Db, newId, verifyAudit } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeSeenBy } from '../index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import {
  addBlock,
  addKinship,
  changeFamily,
  changeInmate,
  createContact,
  createFamily,
  createInmate,
  deleteFamily,
  deleteInmate,
  type Editing,
  findActiveBlock,
  findFamilyByPhone,
  finishPeople,
  getFamily,
  getInmate,
  liftBlock,
  listBlocks,
  listFamilies,
  listInmates,
  type PeopleTables,
  unmaskPerson,
} from './index.ts';
import { setKinship } from './kinships.ts';
import { wrongKinPrisons } from './kin-prisons-testing.ts';

const idNumber = (first17: string) => first17 + checkCharacter(first17);
const MAN = idNumber('31010119850412123');
const WOMAN = idNumber('31010119600203122');
const now = new Date('2026-11-21T08:00:00.000Z');
const PAST = '2026-01-01T00:00:00.000Z';

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;
let editing: Editing;

const seenBy = (people: TestPeople): Db =>
  storeSeenBy(store.db, { all: false, prisons: [people.ids.prison], wards: [], partly: [], own: null });
const inmate = (more: object = {}) =>
  parseOrThrow(InmateInput, { number: 'C3001', name: '单雄信', prisonId: ours.ids.prison, wardId: ours.ids.ward, idNumber: MAN, ...more });
const family = (more: object = {}) =>
  parseOrThrow(FamilyInput, { name: '王秀兰', phone: '13912345678', idNumber: WOMAN, prisonId: ours.ids.prison, ...more });
const search = async (text: string, more: object = {}) => {
  const page = await listInmates(editing.db, store.crypto, parseOrThrow(InmateQuery, { text, ...more }));
  return page.items.map(({ name }) => name);
};
/** All pages of a search, so many at a time. */
async function inPages(text: string, limit: number): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listInmates(editing.db, store.crypto, parseOrThrow(InmateQuery, { text, limit, ...(cursor ? { cursor } : {}) }));
    names.push(...page.items.map(({ name }) => name));
    cursor = page.next ?? undefined;
  } while (cursor);
  return names;
}

describe.each(DATABASES)('people on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
    const actor = { role: 'officer' as const, id: ours.ids.officer, name: '张警官' };
    editing = { db: seenBy(ours), crypto: store.crypto, actor, now };
  });
  afterEach(async () => {
    await using ended = store;
    expect(await wrongKinPrisons(ended.db)).toEqual([]);
  });

  it('keeps an inmate, shows him masked and stores nothing personal in plain text', async () => {
    const made = await createInmate(editing, inmate({ birthDate: '1985-04-12', involved: ['drugs', 'gang'], keyControl: true }));
    expect(made).toMatchObject({
      idNumber: '3101**********1235'.slice(0, 14) + MAN.slice(-4),
      birthDate: '1985-**-**',
      involved: ['gang', 'drugs'],
      version: 1,
    });
    const row = await store.db
      .withTables<PeopleTables>()
      .selectFrom('inmates')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(MAN);
    expect(JSON.stringify(row)).not.toContain('1985-04-12');
    const clear = await unmaskPerson(editing, 'inmate', made.id, { fields: ['idNumber', 'birthDate'], reason: '核对身份' });
    expect(clear).toEqual({ idNumber: MAN, birthDate: '1985-04-12' });
    await expect(unmaskPerson(editing, 'inmate', made.id, { fields: ['phone'], reason: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
    });
    expect(await verifyAudit(store.db)).toBeNull();
  });

  it('finds inmates by number, name, part of a name, pinyin initials and ID number, page by page', async () => {
    await createInmate(editing, inmate());
    expect(await search('C30')).toEqual(['单雄信']);
    expect(await search('单')).toEqual(['单雄信']);
    expect(await search('雄信')).toEqual(['单雄信']);
    expect(await search('sx')).toEqual(['单雄信']);
    expect(await search('dx')).toEqual([]);
    expect(await search(MAN.toLowerCase())).toEqual(['单雄信']);
    expect(await search("'; drop table inmates; --")).toEqual([]);
    expect(await search('%')).toEqual([]);
    for (let index = 0; index < 7; index++)
      await createInmate(editing, inmate({ number: `D${index}`, name: `李${index}`, idNumber: null }));
    expect(await inPages('李', 3)).toEqual(['李0', '李1', '李2', '李3', '李4', '李5', '李6']);
    await expect(search('', { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('finds a part wherever it stands in a name, in long names too', async () => {
    const names = ['欧阳卫东', '陈卫', '王卫东', '买买提·卫东', '阿依古丽卫东强', '李四', '张卫卫'];
    for (const [index, name] of names.entries()) await createInmate(editing, inmate({ number: `P${index}`, name, idNumber: null }));
    // The earlier in the name, the sooner.
    expect(await search('卫东')).toEqual(['王卫东', '欧阳卫东', '买买提·卫东', '阿依古丽卫东强']);
    const all = ['陈卫', '王卫东', '张卫卫', '欧阳卫东', '买买提·卫东', '阿依古丽卫东强'];
    for (const limit of [1, 2, 3, 50]) expect(await inPages('卫', limit)).toEqual(all);
    expect(await search('东强')).toEqual(['阿依古丽卫东强']);
    expect(await search('四')).toEqual(['李四']);
    expect(await search('%卫')).toEqual([]);
  });

  it('filters by prison, ward, level, flags and state', async () => {
    await createInmate(editing, inmate({ level: 'strict', keyControl: true, involved: ['drugs'] }));
    expect(await search('', { level: 'strict' })).toEqual(['单雄信']);
    expect(await search('', { keyControl: 'true', involved: 'drugs', wardId: ours.ids.ward })).toEqual(['单雄信']);
    expect(await search('', { involved: 'cult' })).toEqual([]);
    expect(await search('', { state: 'released' })).toEqual([]);
    expect(await search('', { prisonId: theirs.ids.prison })).toEqual([]);
  });

  it('refuses another’s edit, a taken number, a ward of another prison and what lies outside the data scope', async () => {
    const made = await createInmate(editing, inmate());
    const change = { ...inmate({ name: '单通' }), idNumber: undefined, birthDate: undefined };
    expect(await changeInmate(editing, made.id, { ...change, version: 1 })).toMatchObject({
      name: '单通',
      version: 2,
      idNumber: made.idNumber,
    });
    await expect(changeInmate(editing, made.id, { ...change, version: 1 })).rejects.toMatchObject({ code: 'edit_conflict' });
    await expect(createInmate(editing, inmate())).rejects.toMatchObject({ fieldTexts: { number: { zh: '已被使用' } } });
    await expect(createInmate(editing, inmate({ number: 'X', wardId: theirs.ids.ward }))).rejects.toMatchObject({
      fields: { wardId: expect.any(String) },
    });
    const outside = inmate({ number: 'X', prisonId: theirs.ids.prison, wardId: theirs.ids.ward });
    await expect(createInmate(editing, outside)).rejects.toMatchObject({ code: 'out_of_scope' });
    await expect(getInmate(editing.db, theirs.ids.inmate)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('deletes an inmate only when nothing names him', async () => {
    const made = await createInmate(editing, inmate());
    await expect(deleteInmate(editing, ours.ids.inmate)).rejects.toMatchObject({ code: 'in_use' });
    await deleteInmate(editing, made.id);
    await expect(getInmate(editing.db, made.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('keeps families with their kinships; others’ kinships stay when one prison edits', async () => {
    const made = await createFamily(
      editing,
      family({ address: '上海市黄浦区某路 1 号', kinships: [{ inmateId: ours.ids.inmate, relation: '母亲' }] }),
    );
    expect(made).toMatchObject({
      phone: '139****5678',
      address: '上海市黄浦区****',
      kinships: [{ relation: '母亲', inmateName: '陈建国' }],
    });
    const stranger = family({ phone: '13900000002', idNumber: null, kinships: [{ inmateId: theirs.ids.inmate, relation: '母亲' }] });
    await expect(createFamily(editing, stranger)).rejects.toMatchObject({ fields: { 'kinships.0.inmateId': expect.any(String) } });
    await expect(createFamily(editing, family({ idNumber: null }))).rejects.toMatchObject({ fields: { phone: expect.any(String) } });
    await expect(createFamily(editing, family({ phone: '13900000003' }))).rejects.toMatchObject({
      fields: { idNumber: expect.any(String) },
    });
    await store.db
      .withTables<PeopleTables>()
      .insertInto('kinships')
      .values({ family_id: made.id, inmate_id: theirs.ids.inmate, relation: '母亲' })
      .execute();
    const change = { name: '王秀兰', gender: 'female' as const, state: 'active' as const, kinships: [], version: 1 };
    expect(await changeFamily(editing, made.id, change)).toMatchObject({ kinships: [], phone: '139****5678' });
    expect((await getFamily(store.db, made.id)).kinships).toHaveLength(1);
    await expect(deleteFamily(editing, made.id)).rejects.toMatchObject({ code: 'in_use' });
    const found = await listFamilies(editing.db, store.crypto, { text: '139 1234 5678', limit: 50 });
    expect(found.items).toMatchObject([{ id: made.id }]);
  });

  it('shows families to the prisons of their inmates, wherever these are moved', async () => {
    const seen = async (by: TestPeople) => (await listFamilies(seenBy(by), store.crypto, { limit: 50 })).items.map(({ id }) => id);
    const both = [ours.ids.inmate, theirs.ids.inmate].map((inmateId) => ({ inmateId, relation: '姐妹' }));
    const everywhere = { ...editing, db: store.db };
    const made = await createFamily(everywhere, family({ kinships: both }));
    expect(await seen(theirs)).toEqual([theirs.ids.family, made.id]);
    const alone = { name: '王秀兰', gender: 'female' as const, state: 'active' as const, kinships: both.slice(0, 1), version: 1 };
    await changeFamily(everywhere, made.id, alone);
    expect(await seen(theirs)).toEqual([theirs.ids.family]);
    const { version } = await getInmate(store.db, ours.ids.inmate);
    const moved = inmate({ number: 'C3009', prisonId: theirs.ids.prison, wardId: theirs.ids.ward });
    await changeInmate(everywhere, ours.ids.inmate, { ...moved, version });
    expect(await seen(theirs)).toEqual([ours.ids.family, theirs.ids.family, made.id]);
    expect(await seen(ours)).toEqual([ours.ids.family, made.id]);
    const others = [await addTestPeople(store.db), await addTestPeople(store.db), await addTestPeople(store.db)];
    for (const { ids } of others) await addKinship(store.db, { family_id: made.id, inmate_id: ids.inmate, relation: '姐妹' });
    for (const other of others) expect(await seen(other)).toEqual([made.id, other.ids.family]);
  });

  it.each(['move', 'kinship'])(
    'writes the prisons down when an inmate moves while a kinship of his is written: the %s comes first',
    async (first) => {
      const everywhere = { ...editing, db: store.db };
      const { version } = await getInmate(store.db, ours.ids.inmate);
      const moved = { ...inmate({ number: 'C3009', prisonId: theirs.ids.prison, wardId: theirs.ids.ward }), version };
      const move = (trx: Db) => changeInmate({ ...everywhere, db: trx }, ours.ids.inmate, moved);
      const link = (trx: Db) => setKinship(trx, { family_id: other, inmate_id: ours.ids.inmate, relation: '姐妹' }, ours.ids.prison);
      const other = (await createFamily(everywhere, family())).id;
      const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const open = store.db.transaction().execute(async (trx) => {
        await (first === 'move' ? move(trx) : link(trx));
        begun.resolve();
        await end.promise;
      });
      await begun.promise;
      const waiting = store.db.transaction().execute((trx) => (first === 'move' ? link(trx) : move(trx)) as Promise<unknown>);
      await sleep(200);
      end.resolve();
      await Promise.all([open, waiting]);
      expect(await wrongKinPrisons(store.db)).toEqual([]);
      expect((await listFamilies(seenBy(theirs), store.crypto, { limit: 50 })).items.map(({ id }) => id)).toContain(other);
    },
  );

  it('keeps agency staff and social helpers, one each per prison', async () => {
    const contact = {
      kind: 'agency',
      organisation: '某区检察院',
      name: '赵检',
      idNumber: MAN,
      prisonId: ours.ids.prison,
      validUntil: '2027-01-01',
    };
    expect(await createContact(editing, parseOrThrow(ContactInput, contact))).toMatchObject({ organisation: '某区检察院', phone: '' });
    await expect(createContact(editing, parseOrThrow(ContactInput, contact))).rejects.toMatchObject({
      fields: { idNumber: expect.any(String) },
    });
  });

  it('blocks from a day to a day, and lifts with a reason', async () => {
    const person = { personKind: 'family' as const, personId: ours.ids.family, reason: '传递违禁品' };
    const block = await addBlock(editing, { ...person, from: PAST, until: '2027-01-01T00:00:00.000Z' });
    expect(block.state).toBe('active');
    const at = (instant: string) => findActiveBlock(store.db, 'family', ours.ids.family, instant);
    expect(await at('2026-11-21T08:00:00.000Z')).toMatchObject({ id: block.id, reason: '传递违禁品' });
    expect(await at('2025-01-01T00:00:00.000Z')).toBeUndefined();
    expect(await at('2027-01-01T00:00:00.000Z')).toBeUndefined();
    expect((await listBlocks(seenBy(theirs), { limit: 50 }, now)).items).toEqual([]);
    await liftBlock(editing, block.id, '核实无误');
    expect(await at('2026-11-21T08:00:00.000Z')).toBeUndefined();
    await expect(liftBlock(editing, block.id, '再次')).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(addBlock(editing, { ...person, personId: 'nobody', from: PAST, until: null })).rejects.toMatchObject({
      fields: { personId: expect.any(String) },
    });
  });

  it('encrypts the telephone numbers of an older installation once, also when broken off', async () => {
    const tables = store.db.withTables<PeopleTables>();
    const ids = Array.from({ length: 450 }, () => newId());
    const person = { name: '赵敏', password_hash: 'x' };
    const families = ids.map((id) => ({ id, ...person, prison_id: null, pinyin: '', kin_prisons: null }));
    await tables.insertInto('families').values(families).execute();
    const numbers = ids.map((id, index) => ({ id, phone: `1370000${String(index).padStart(4, '0')}`, ...person }));
    await tables.insertInto('families_plain').values(numbers).execute();
    await Promise.all([finishPeople(store.db, store.crypto), finishPeople(store.db, store.crypto)]);
    await finishPeople(store.db, store.crypto);
    expect(await tables.selectFrom('families_plain').select('id').execute()).toEqual([]);
    expect(await findFamilyByPhone(store.db, store.crypto, '13700000449')).toMatchObject({ id: ids[449] });
    const plain = await tables.selectFrom('families').select('id').where(sql`families.phone`, 'like', '137%').execute();
    expect(plain).toEqual([]);
    expect(await getFamily(store.db, ids[0] ?? '')).toMatchObject({ phone: '137****0000' });
  });
});
