import type { CallId, ParticipantId, TrackId, TranscriptSegment } from '@qinqiao/contracts';
import { type Db, FakeClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore } from '../testing.ts';
import { abandonedCalls, cutProvisional, type HeardChannel, listSegments, openChannels, saveChannels, saveSegments } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
const clock = new FakeClock();
beforeEach(async () => {
  store = await openTestStore();
  ({ db } = store);
});
afterEach(() => store[Symbol.asyncDispose]());

const segment = (id: string, startMs: number, more: Partial<TranscriptSegment> = {}): TranscriptSegment => ({
  id,
  callId: 'c1' as CallId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs,
  endMs: startMs + 400,
  text: `text of ${id}`,
  final: true,
  engine: 'pocketsphinx',
  trial: true,
  ...more,
});
const texts = async (callId = 'c1') =>
  (await listSegments(db, callId, { limit: 100 })).items.map(({ id, text, final, mark }) => ({ id, text, final, mark }));

describe('the segments of a call', () => {
  it('page in the order in which they were spoken', async () => {
    await saveSegments(db, [segment('b', 500), segment('c', 500), segment('a', 700), segment('x', 1, { callId: 'c2' as CallId })]);
    const first = await listSegments(db, 'c1', { limit: 2 });
    expect(first.items).toEqual([segment('b', 500), segment('c', 500)]);
    expect(await listSegments(db, 'c1', { limit: 2, cursor: first.next ?? '' })).toEqual({ items: [segment('a', 700)], next: null });
    await expect(listSegments(db, 'c1', { limit: 2, cursor: '7' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('replace provisional text by id, and never final text by provisional', async () => {
    await saveSegments(db, [segment('a', 0, { final: false, text: '他们' })]);
    await saveSegments(db, [segment('a', 0, { text: '他们 准备' })]);
    await saveSegments(db, [segment('a', 0, { final: false, text: '他' })]);
    expect(await texts()).toEqual([{ id: 'a', text: '他们 准备', final: true, mark: undefined }]);
  });

  it('leave out text that the engine has withdrawn', async () => {
    await saveSegments(db, [segment('a', 0, { final: false })]);
    await saveSegments(db, [segment('a', 0, { text: '' })]);
    expect(await texts()).toEqual([]);
  });

  it('left provisional by a crash become final, marked', async () => {
    await saveSegments(db, [
      segment('a', 0),
      segment('b', 900, { final: false }),
      segment('x', 0, { callId: 'c2' as CallId, final: false }),
    ]);
    expect((await cutProvisional(db, 'c1', clock)).map(({ id }) => id)).toEqual(['b']);
    expect(await texts()).toEqual([
      { id: 'a', text: 'text of a', final: true, mark: undefined },
      { id: 'b', text: 'text of b', final: true, mark: 'cut' },
    ]);
    expect(await texts('c2')).toMatchObject([{ id: 'x', final: false }]);
  });
});

describe('how far tracks have been heard', () => {
  const channel = (callId: string, heardMs: number, open = true): HeardChannel => ({
    callId: callId as CallId,
    trackId: 't1' as TrackId,
    participantId: 'p1' as ParticipantId,
    speaker: 'family',
    heardMs,
    open,
  });

  it('is kept until the track is closed', async () => {
    await saveChannels(db, [channel('c1', 1000)], clock);
    await saveChannels(db, [channel('c1', 2000)], clock);
    expect(await openChannels(db, 'c1')).toEqual([channel('c1', 2000)]);
    await saveChannels(db, [channel('c1', 2000, false)], clock);
    expect(await openChannels(db, 'c1')).toEqual([]);
  });

  it('shows which calls nobody looks after any more', async () => {
    const start = clock.now();
    await saveChannels(db, [channel('crashed', 1), channel('running', 1), channel('closed', 1, false)], clock);
    await saveSegments(
      db,
      [segment('a', 0, { callId: 'text only' as CallId, final: false }), segment('b', 0, { callId: 'running' as CallId, final: false })],
      clock,
    );
    expect(await abandonedCalls(db, start)).toEqual([]);
    clock.advance(60_000);
    await saveChannels(db, [channel('running', 60_000)], clock);
    expect((await abandonedCalls(db, clock.now())).sort()).toEqual(['crashed', 'text only']);
  });
});
