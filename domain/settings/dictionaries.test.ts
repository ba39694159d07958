import type { MenuLayout } from '@qinqiao/contracts';
import type { Actor } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, openTestStore } from '../testing.ts';
import * as settings from './index.ts';

const actor: Actor = { role: 'officer', id: 'o1', name: '系统管理员' };
const at = '2026-11-21T01:00:00.000Z';
let store: Awaited<ReturnType<typeof openTestStore>>;
const edit = (code: string, version: number) => ({ code, version, actor, at });
const codesOf = async (code: string) => (await settings.getDictionary(store.db, code)).entries.map((entry) => entry.code);

describe.each(DATABASES)('dictionaries on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('come with what the product uses, which can be renamed and disabled, not deleted', async () => {
    const levels = await settings.getDictionary(store.db, 'treatment_level');
    expect(levels.entries.map(({ zh }) => zh)).toEqual(['宽管', '普管', '考察', '严管']);
    await expect(settings.deleteEntry(store.db, edit('treatment_level', 1), 'strict')).rejects.toMatchObject({ code: 'in_use' });
    await expect(settings.deleteDictionary(store.db, edit('treatment_level', 1))).rejects.toMatchObject({ code: 'in_use' });
    const off = await settings.changeEntry(store.db, edit('treatment_level', 1), 'strict', { zh: '从严', en: 'Strict', enabled: false });
    expect(off).toMatchObject({ version: 2, entries: [{}, {}, {}, { zh: '从严', enabled: false }] });
  });

  it('offer only what is enabled, and keep what was used', async () => {
    await settings.addDictionary(store.db, { code: 'shoe', zh: '鞋', en: 'Shoes' }, actor, at);
    await settings.addEntry(store.db, edit('shoe', 1), { code: 'left', zh: '左', en: 'Left' });
    await settings.addEntry(store.db, edit('shoe', 2), { code: 'right', zh: '右', en: 'Right' });
    await settings.useEntries(store.db, 'shoe', ['left', 'left'], { field: 'shoe' });
    await expect(settings.useEntries(store.db, 'shoe', ['left', 'lost'], { field: 'shoe' })).rejects.toMatchObject({
      code: 'bad_request',
      fields: { shoe: 'not offered: lost' },
    });
    await expect(settings.deleteEntry(store.db, edit('shoe', 3), 'left')).rejects.toMatchObject({ code: 'in_use' });
    await expect(settings.deleteDictionary(store.db, edit('shoe', 3))).rejects.toMatchObject({ code: 'in_use' });
    await settings.changeEntry(store.db, edit('shoe', 3), 'left', { zh: '左', en: 'Left', enabled: false });
    await expect(settings.useEntries(store.db, 'shoe', ['left'], { field: 'shoe' })).rejects.toMatchObject({ code: 'bad_request' });
    await settings.useEntries(store.db, 'shoe', ['left'], { field: 'shoe', kept: ['left'] });
    await settings.deleteEntry(store.db, edit('shoe', 4), 'right');
    expect(await codesOf('shoe')).toEqual(['left']);
  });

  it('are ordered, have each code once, and let the quicker of two win', async () => {
    await settings.addDictionary(store.db, { code: 'shoe', zh: '鞋', en: 'Shoes' }, actor, at);
    const twice = settings.addDictionary(store.db, { code: 'shoe', zh: '鞋', en: 'Shoes' }, actor, at);
    await expect(twice).rejects.toMatchObject({ code: 'name_taken' });
    const add = (code: string, version: number) => settings.addEntry(store.db, edit('shoe', version), { code, zh: code, en: code });
    const both = await Promise.allSettled([add('a', 1), add('b', 1)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'edit_conflict' } });
    await add('c', 2);
    const [first = '', second = ''] = await codesOf('shoe');
    await settings.orderEntries(store.db, edit('shoe', 3), [second, first]);
    expect(await codesOf('shoe')).toEqual([second, first]);
    await expect(settings.orderEntries(store.db, edit('shoe', 4), [first, first])).rejects.toMatchObject({ code: 'bad_request' });
    await settings.deleteDictionary(store.db, edit('shoe', 4));
    await expect(settings.getDictionary(store.db, 'shoe')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('the menu is the built-in one until it is set, and the quicker of two wins', async () => {
    expect(await settings.getMenu(store.db)).toEqual({ layout: { subsystems: [], entries: [] }, version: 0 });
    const layout: MenuLayout = {
      subsystems: [{ id: 's', zh: '会见', en: 'Visits', enabled: true }],
      entries: [{ id: 'e', subsystemId: 's', parentId: null, zh: '首页', en: 'Home', target: { kind: 'page', page: 'x' }, enabled: true }],
    };
    const both = await Promise.allSettled([1, 2].map(() => settings.setMenu(store.db, { layout, version: 0 }, actor, at)));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await settings.getMenu(store.db)).toEqual({ layout, version: 1 });
  });
});
