import type { CallId, ParticipantId, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { newId } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationTables } from '../conversations/index.ts';
import { storeSeenBy } from '../index.ts';
import { addEndedCall } from '../relistening/testing.ts';
import { refreshConversation } from '../conversations/index.ts';
import { addTestPeople, DATABASES, openTestStore, type TestPeople } from '../testing.ts';
import { listAlerts, saveAlerts } from '../words/index.ts';
import { listSegments, saveSegments } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let ours: TestPeople;
let theirs: TestPeople;

const segment = (callId: string, more: Partial<TranscriptSegment> = {}): TranscriptSegment => ({
  id: newId(),
  callId: callId as CallId,
  participantId: 'p1' as ParticipantId,
  speaker: 'unknown',
  startMs: 0,
  endMs: 900,
  text: '他们准备越狱',
  final: true,
  engine: 'test',
  trial: false,
  ...more,
});
const alert = ({ id, callId }: TranscriptSegment): WordAlert => ({
  id: newId(),
  callId,
  segmentId: id,
  participantId: 'p1' as ParticipantId,
  speaker: 'unknown',
  word: '越狱',
  wordId: 'w',
  category: '',
  note: '',
  match: 'exact',
  level: 3,
  offset: 4,
  length: 2,
  atMs: 900,
  heardAt: '2026-11-20T01:00:00.000Z',
  raisedAt: '2026-11-20T01:00:00.000Z',
  state: 'confirmed',
});

/** A conversation that was taken in: it has no call. */
async function addTakenIn(): Promise<string> {
  const known = await refreshConversation(store.db, await addEndedCall(store, ours, 60));
  if (!known) throw new Error('no conversation');
  const id = newId();
  const conversations = store.db.withTables<ConversationTables>();
  await conversations
    .insertInto('conversations')
    .values({ ...known, id, kind: 'phone' })
    .execute();
  return id;
}

describe.each(DATABASES)('what was said, on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    ours = await addTestPeople(store.db);
    theirs = await addTestPeople(store.db);
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('of a call or of a conversation without one is seen in its data scope, and nowhere else', async () => {
    for (const callId of [await addEndedCall(store, ours, 0), await addTakenIn()]) {
      const said = segment(callId, { source: 'offline', foreign: true });
      await saveSegments(store.db, [said]);
      await saveAlerts(store.db, [alert(said)]);
      const seen = async (prisons: string[], wards: string[] = []) => {
        const db = storeSeenBy(store.db, { all: false, prisons, wards, partly: [], own: null });
        return [(await listSegments(db, callId, { limit: 9 })).items, (await listAlerts(db, callId, { limit: 9 })).items.length];
      };
      expect(await seen([ours.ids.prison])).toEqual([[said], 1]);
      expect(await seen([], [ours.ids.ward])).toEqual([[said], 1]);
      expect(await seen([theirs.ids.prison])).toEqual([[], 0]);
      expect(await seen([], [theirs.ids.ward])).toEqual([[], 0]);
      expect(await seen([])).toEqual([[], 0]);
    }
  });
});
