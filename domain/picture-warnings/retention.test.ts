import type { CallId } from '@qinqiao/contracts';
import { newId, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { createCall } from '../calls/index.ts';
import { openRecording, placeHold } from '../recordings/index.ts';
import { addTestPeople, DATABASES, openTestStore } from '../testing.ts';
import { forgetStills } from './retention.ts';
import { pictureStills } from './stills.ts';
import { storeWarning, warningsOf } from './warnings.ts';

const OLD = '2026-01-05T08:00:00.000Z';
const NOW = new Date('2026-11-05T08:00:00.000Z');

describe.each(DATABASES)('stills of warnings on %s', (on) => {
  it('go when they are old, but not those of a call under a legal hold; the warnings stay', async () => {
    await using store = await openTestStore({ on });
    const { db, crypto, dataDir } = store;
    const stills = pictureStills(dataDir, crypto);
    const warned = async (at: string): Promise<{ callId: CallId; id: string }> => {
      const { prison, room, inmate, family } = (await addTestPeople(db)).ids;
      const who = { prisonId: prison, roomId: room, inmateId: inmate, familyId: family, relation: '母亲' };
      const callId = await createCall(db, { ...who, startsAt: at, endsAt: at.replace('T08', 'T09') }, SYSTEM_ACTOR, at);
      await openRecording(db, { callId, prisonId: prison as never, epoch: at, owner: 'r', at });
      const id = newId();
      const warning = { id, callId, party: 'family', kind: 'stranger', people: 1, seenAt: at, raisedAt: at, atMs: 0 } as const;
      await storeWarning(db, { ...warning, held: false, verdict: 'open' });
      await stills.write(id, Buffer.from('a still'));
      return { callId, id };
    };
    const [old, held, young] = [await warned(OLD), await warned(OLD), await warned('2026-11-04T08:00:00.000Z')];
    await db.transaction().execute((trx) => placeHold(trx, held.callId, { reason: '调查', actor: SYSTEM_ACTOR, at: OLD }));

    const before = new Date('2026-10-01T00:00:00.000Z');
    expect(await forgetStills(db, stills, { before, now: NOW })).toBe(1);
    expect(await forgetStills(db, stills, { before, now: NOW })).toBe(0);
    await expect(stills.read(old.id)).rejects.toMatchObject({ code: 'not_found' });
    for (const { id } of [held, young]) expect((await stills.read(id)).toString()).toBe('a still');
    expect(await warningsOf(db, old.callId)).toHaveLength(1);
  });
});
