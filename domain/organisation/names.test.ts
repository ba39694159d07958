import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { createOrgUnit, deleteOrgUnit, editOrgUnit, findOrgUnit, type OrganisationTables, unitNames } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let people: TestPeople;
const nameOf = async (id: string) => (await unitNames(store.db)).get(id);

describe.each(DATABASES)('names of units on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    people = await addTestPeople(store.db);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await store[Symbol.asyncDispose]();
  });

  it('are new as soon as a unit was added, renamed or taken away here', async () => {
    expect(await nameOf(people.ids.prison)).toBeTruthy();
    const made = await createOrgUnit(store.db, { parentId: people.ids.prison, kind: 'office', name: '会见科', code: '', sort: 1 });
    expect(await nameOf(made.id)).toBe('会见科');
    const edit = { parentId: made.parentId, name: '会见管理科', code: '', sort: 1, enabled: true, version: 0 };
    await store.db.transaction().execute((trx) => editOrgUnit(trx, made.id, edit));
    expect(await nameOf(made.id)).toBe('会见管理科');
    await deleteOrgUnit(store.db, made.id);
    expect(await nameOf(made.id)).toBeUndefined();
  });

  it('are read once a second, and within a transaction as they are there', async () => {
    const at = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
    const old = (await findOrgUnit(store.db, people.ids.ward))?.name;
    expect(await nameOf(people.ids.ward)).toBe(old);
    // As another process does it.
    const units = store.db.withTables<OrganisationTables>();
    await units.updateTable('org_units').set({ name: '九监区' }).where('id', '=', people.ids.ward).execute();
    expect(await store.db.transaction().execute(async (trx) => (await unitNames(trx)).get(people.ids.ward))).toBe('九监区');
    at.mockReturnValue(1_000_999);
    expect(await nameOf(people.ids.ward)).toBe(old);
    at.mockReturnValue(1_001_001);
    expect(await nameOf(people.ids.ward)).toBe('九监区');
  });
});
