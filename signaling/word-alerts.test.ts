import type { Notice, ParameterKey, ParameterValue, WordAlert } from '@qinqiao/contracts';
import { createCall, newSession } from '@qinqiao/domain/calls';
import { setParameter } from '@qinqiao/domain/settings';
import { addTestPeople, openTestStore } from '@qinqiao/domain/testing';
import { SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import type { Happening } from './call-deps.ts';
import { WordAlertPolicy } from './word-alerts.ts';

const AT = '2026-11-21T08:00:00.000Z';

async function scene(parameters: Partial<{ [Key in ParameterKey]: ParameterValue<Key> }>) {
  const store = await openTestStore();
  const { ids } = await addTestPeople(store.db);
  const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const callId = await createCall(store.db, { ...who, startsAt: AT, endsAt: '2026-11-21T08:20:00.000Z' }, SYSTEM_ACTOR, AT);
  for (const [key, value] of Object.entries(parameters)) {
    await setParameter(store.db, { key: key as ParameterKey, value, version: 0 }, SYSTEM_ACTOR, AT);
  }
  const done: string[] = [];
  const session = { ...newSession({ startsAt: AT, endsAt: '2026-11-21T08:20:00.000Z' }), state: 'live' as const };
  const call = {
    session,
    apply: (happening: Happening) => {
      done.push(happening.type);
      return Promise.resolve();
    },
    toAll: ({ text }: Notice) => done.push(text),
  };
  const policy = new WordAlertPolicy();
  const hear = async (id: string, level: number, { at = AT, state = 'provisional' }: { at?: string; state?: WordAlert['state'] } = {}) => {
    const alert = { id, callId, level, state } as WordAlert;
    if (policy.concerns(alert)) await policy.act(store.db, call, alert, at);
  };
  return { hear, done, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

describe('what an alert of a word does to its call', () => {
  it('is nothing where no policy asks for it', async () => {
    await using s = await scene({});
    await s.hear('a1', 3);
    expect(s.done).toEqual([]);
  });

  it('is a reminder to both parties from a level on, at most one in half a minute, once for each alert', async () => {
    await using s = await scene({ 'alert.noticeLevel': 2 });
    await s.hear('a1', 1);
    expect(s.done).toEqual([]);
    await s.hear('a2', 2);
    await s.hear('a2', 2, { state: 'confirmed', at: '2026-11-21T08:05:00.000Z' });
    await s.hear('a3', 3, { at: '2026-11-21T08:00:29.000Z' });
    expect(s.done).toEqual(['系统提示：请文明通话，注意言行。']);
    await s.hear('a4', 2, { at: '2026-11-21T08:00:30.000Z' });
    expect(s.done).toHaveLength(2);
  });

  it('is a hold from a level on; what was not confirmed does nothing', async () => {
    await using s = await scene({ 'alert.holdLevel': 3 });
    await s.hear('a1', 3, { state: 'unconfirmed' });
    await s.hear('a2', 2);
    expect(s.done).toEqual([]);
    await s.hear('a3', 3);
    expect(s.done).toEqual(['held']);
  });
});
