import { type Db, newId } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeSeenBy, tableScopes } from '../index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { SEES_ALL, type SeenUnits } from './index.ts';

type Tables = PeopleTables & OrganisationTables;
const NOTHING: SeenUnits = { all: false, prisons: [], wards: [], partly: [], own: null };

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;
const seenBy = (seen: Partial<SeenUnits>) => storeSeenBy(store.db, { ...NOTHING, ...seen }).withTables<Tables>();

describe.each(DATABASES)('data scope on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('has a rule for every table of the store', async () => {
    const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
    const missing = tables.filter((name) => !name.startsWith('kysely_') && !Object.hasOwn(tableScopes, name));
    expect(missing).toEqual([]);
    await sql`create table forgotten (id varchar(8))`.execute(store.db);
    const forgotten = storeSeenBy(store.db, SEES_ALL).withTables<{ forgotten: { id: string } }>().selectFrom('forgotten').selectAll();
    await expect(async () => forgotten.execute()).rejects.toThrow(/forgotten/);
  });

  it('narrows lists, joins, subqueries and aliases to prisons', async () => {
    const db = seenBy({ prisons: [ours.ids.prison] });
    expect(await db.selectFrom('inmates').select('id').execute()).toEqual([{ id: ours.ids.inmate }]);
    expect(await db.selectFrom('inmates as i').select('i.id').execute()).toEqual([{ id: ours.ids.inmate }]);
    expect(await db.selectFrom('families').select('id').execute()).toEqual([{ id: ours.ids.family }]);
    expect(await db.selectFrom('devices').select('id').execute()).toEqual([{ id: ours.ids.device }]);
    const joined = db.selectFrom('kinships').innerJoin('families', 'families.id', 'kinships.family_id').select('families.id');
    expect(await joined.execute()).toEqual([{ id: ours.ids.family }]);
    const left = db.selectFrom('org_units as u').leftJoin('inmates as i', 'i.ward_id', 'u.id').select(['u.id', 'i.id as inmate']);
    const rows = await left.where('u.kind', '=', 'ward').orderBy('u.id').execute();
    expect(rows).toEqual([
      { id: ours.ids.ward, inmate: ours.ids.inmate },
      { id: theirs.ids.ward, inmate: null },
    ]);
    const inner = db
      .selectFrom('org_units')
      .select('id')
      .where('id', 'in', (eb) => eb.selectFrom('inmates').select('ward_id'));
    expect(await inner.execute()).toEqual([{ id: ours.ids.ward }]);
    expect(await db.selectFrom('inmates').select('id').where('id', '=', theirs.ids.inmate).executeTakeFirst()).toBeUndefined();
  });

  it('narrows by a joined row that decides, and only by an inner join of that very row', async () => {
    await store.db
      .withTables<Tables>()
      .insertInto('kinships')
      .values({ family_id: ours.ids.family, inmate_id: theirs.ids.inmate, relation: '其他' })
      .execute();
    const mine = [{ inmate_id: ours.ids.inmate }];
    for (const seen of [{ prisons: [ours.ids.prison] }, { wards: [ours.ids.ward], partly: [ours.ids.prison] }]) {
      const kinships = seenBy(seen).selectFrom('kinships').select('kinships.inmate_id');
      const decided = kinships.innerJoin('inmates', 'inmates.id', 'kinships.inmate_id');
      expect(decided.compile().sql).not.toContain('exists');
      expect(await decided.execute()).toEqual(mine);
      const turned = seenBy(seen).selectFrom('kinships as k').innerJoin('inmates as i', 'k.inmate_id', 'i.id').select('k.inmate_id');
      expect(await turned.execute()).toEqual(mine);
      // Another row of the same table, a join that may find none, another comparison: none of them decides.
      expect(await kinships.innerJoin('inmates', 'inmates.id', sql.lit(ours.ids.inmate) as never).execute()).toEqual(mine);
      expect(await kinships.leftJoin('inmates', 'inmates.id', 'kinships.inmate_id').execute()).toEqual(mine);
      const others = kinships.innerJoin('inmates', (on) => on.onRef('inmates.id', '!=', 'kinships.inmate_id'));
      expect(await others.execute()).toEqual([]);
      const either = kinships.innerJoin('inmates', (on) =>
        on.on((eb) => eb.or([eb('inmates.id', '=', eb.ref('kinships.inmate_id')), eb('inmates.id', '=', ours.ids.inmate)])),
      );
      expect(await either.execute()).toEqual(mine);
      const throughFamily = kinships.innerJoin('families', 'families.id', 'kinships.family_id');
      expect(await throughFamily.execute()).toEqual(mine);
    }
  });

  it('narrows to wards, with what belongs to no ward of their prison', async () => {
    const other = newId();
    await store.db
      .withTables<Tables>()
      .insertInto('inmates')
      .values({ id: other, prison_id: ours.ids.prison, ward_id: 'w2', number: other, name: '乙' })
      .execute();
    const db = seenBy({ wards: [ours.ids.ward], partly: [ours.ids.prison] });
    expect(await db.selectFrom('inmates').select('id').execute()).toEqual([{ id: ours.ids.inmate }]);
    expect(await db.selectFrom('rooms').select('id').execute()).toEqual([{ id: ours.ids.room }]);
    expect(
      await seenBy({ prisons: [ours.ids.prison] })
        .selectFrom('inmates')
        .select('id')
        .execute(),
    ).toHaveLength(2);
  });

  it('shows nothing to whom nothing was given, and everything to the bureau', async () => {
    expect(await seenBy({}).selectFrom('inmates').selectAll().execute()).toEqual([]);
    expect(await storeSeenBy(store.db, SEES_ALL).withTables<Tables>().selectFrom('inmates').selectAll().execute()).toHaveLength(2);
  });

  it('changes and deletes nothing outside', async () => {
    const db = seenBy({ prisons: [ours.ids.prison] });
    const changed = await db.updateTable('inmates').set({ name: '改' }).executeTakeFirst();
    expect(changed.numUpdatedRows).toBe(1n);
    const gone = await db.deleteFrom('kinships').where('inmate_id', '=', theirs.ids.inmate).executeTakeFirst();
    expect(gone.numDeletedRows).toBe(0n);
  });

  it('refuses to place a row outside, also in a transaction', async () => {
    const db = seenBy({ prisons: [ours.ids.prison] });
    const row = { id: newId(), prison_id: theirs.ids.prison, ward_id: theirs.ids.ward, number: 'x1', name: '丙' };
    await expect(async () => db.insertInto('inmates').values(row).execute()).rejects.toMatchObject({ code: 'out_of_scope' });
    const mixed = [{ ...row, id: newId(), number: 'x2', prison_id: ours.ids.prison }, row];
    await expect(async () => db.insertInto('inmates').values(mixed).execute()).rejects.toMatchObject({ code: 'out_of_scope' });
    const move = (trx: Db) => trx.withTables<Tables>().updateTable('inmates').set({ prison_id: theirs.ids.prison }).execute();
    await expect(db.transaction().execute((trx) => move(trx as unknown as Db))).rejects.toMatchObject({ code: 'out_of_scope' });
    await db
      .insertInto('inmates')
      .values({ ...row, prison_id: ours.ids.prison, ward_id: ours.ids.ward })
      .execute();
  });
});
