import { PARAMETERS, ParameterKey } from '@qinqiao/contracts';
import type { Actor } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, openTestStore } from '../testing.ts';
import { listParameters, readParameter, readParameters, setParameter } from './index.ts';

const actor: Actor = { role: 'officer', id: 'o1', name: '系统管理员' };
const AT = '2026-11-21T01:00:00.000Z';
let store: Awaited<ReturnType<typeof openTestStore>>;

describe.each(DATABASES)('parameters on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('are their defaults until somebody sets them, and count at once', async () => {
    expect(await readParameter(store.db, 'login.secondFactor')).toBe('required');
    const set = await setParameter(store.db, { key: 'login.secondFactor', value: 'optional', version: 0 }, actor, AT);
    expect(set).toEqual({ key: 'login.secondFactor', value: 'optional', version: 1, updatedAt: AT, updatedBy: actor.name });
    expect(await readParameters(store.db, ['login.secondFactor', 'login.idleMinutes'])).toEqual({
      'login.secondFactor': 'optional',
      'login.idleMinutes': 30,
    });
    expect(await listParameters(store.db, ['login.idleMinutes', 'login.secondFactor'])).toMatchObject([{ version: 0 }, { version: 1 }]);
  });

  it('refuse what they may not be, naming the field', async () => {
    for (const value of [5, '6', null, 6.5, 1e9]) {
      const setting = setParameter(store.db, { key: 'audit.retentionMonths', value, version: 0 }, actor, AT);
      await expect(setting).rejects.toMatchObject({ code: 'bad_request', fields: { value: expect.any(String) } });
    }
    expect(await readParameter(store.db, 'audit.retentionMonths')).toBe(6);
  });

  it('let the quicker of two win', async () => {
    const set = (value: number, version: number) => setParameter(store.db, { key: 'login.lockAfter', value, version }, actor, AT);
    const results = await Promise.allSettled([set(4, 0), set(6, 0)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'edit_conflict' } });
    await expect(set(7, 0)).rejects.toMatchObject({ code: 'edit_conflict' });
    expect((await set(7, 1)).value).toBe(7);
  });
});

it('every default is one that its parameter takes', () => {
  for (const key of ParameterKey.options) expect(PARAMETERS[key].schema.safeParse(PARAMETERS[key].initial).success, key).toBe(true);
});
