import { BUREAU, addEngine, changeEngine, type EngineDefinition, engineHealth, setRoute, wishTry } from '@qinqiao/domain/speech';
import { openTestStore } from '@qinqiao/domain/testing';
import { createLogger, FakeClock } from '@qinqiao/server-kit';
import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { EnginePeer } from '../testing/engine-peers.ts';
import { EnginePool } from './pool.ts';
import type { SpeechEngine } from './port.ts';

const NONE: SpeechEngine = {
  name: 'built in',
  trial: true,
  revising: true,
  frameSamples: 640,
  check: () => Promise.resolve(null),
  connect: () => {
    throw new Error('not meant to be connected to');
  },
};
const AT = '2026-11-20T08:00:00.000Z';

async function setUp(builtIn: SpeechEngine | null = null) {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(await openTestStore());
  const [first, second] = [stack.use(await EnginePeer.open('vosk')), stack.use(await EnginePeer.open('vosk'))];
  const definition = (name: string, url: string, more: Partial<EngineDefinition> = {}): EngineDefinition => ({
    kind: 'vosk',
    name,
    url,
    enabled: true,
    capacity: 2,
    offlineStreams: 1,
    offlineSpeed: 8,
    hotWords: true,
    ca: '',
    acceptAny: false,
    appId: '',
    language: 'en',
    ...more,
  });
  const a = await addEngine(store, definition('A', first.url), undefined, AT);
  const b = await addEngine(store, definition('B', second.url), undefined, AT);
  await setRoute(store.db, BUREAU, [a.id, b.id], 0);
  const clock = new FakeClock();
  const settings = { ...DEFAULT_SETTINGS, wordsMs: 30, returnMs: 0 };
  const log = createLogger('test', 'silent');
  const pool = stack.use(await EnginePool.start({ ...store, clock, settings, log, instance: 'bridge-1', builtIn, trialProgram: null }));
  const kept = stack.move();
  const dispose = () => kept.disposeAsync();
  return { store, pool, clock, first, second, a, b, definition, [Symbol.asyncDispose]: dispose };
}

describe.concurrent('the engines of a bridge', () => {
  it('are taken in order, as many streams as each has; what is given back can be taken again', async () => {
    await using w = await setUp();
    const source = w.pool.source('prison');
    const leases = Array.from({ length: 4 }, () => source.take(null));
    expect(leases.map((lease) => lease?.engine.name)).toEqual(['A', 'A', 'B', 'B']);
    expect(source.take(null)).toBeNull();
    leases[0]?.release();
    expect(leases[2] && source.isStale(leases[2])).toBe(true);
    expect(source.take(null)?.engine.name).toBe('A');
  });

  it('one that refuses is passed over and shown as down, and speakers come back when it is there again', async () => {
    await using w = await setUp();
    const source = w.pool.source('prison');
    const lease = source.take(null);
    lease?.failed('connection closed (1006)');
    lease?.release();
    const other = source.take(null);
    expect(other?.engine.name).toBe('B');
    expect(other && source.isStale(other)).toBe(false);
    await vi.waitFor(async () => {
      expect((await engineHealth(w.store.db, w.clock)).get(w.a.id)).toMatchObject({ state: 'down', fault: 'connection closed (1006)' });
    }, 3000);
    await wishTry(w.store.db, w.a.id);
    await vi.waitFor(() => expect(other && source.isStale(other)).toBe(true), 3000);
  });

  it('one that dies again and again counts as down although it can be connected to', async () => {
    await using w = await setUp();
    const source = w.pool.source('prison');
    for (let i = 0; i < 3; i++) {
      const lease = source.take(null);
      lease?.connected();
      lease?.failed('engine wrote nonsense');
      lease?.release();
    }
    expect(source.take(null)?.engine.name).toBe('B');
  });

  it('changes count without a restart: another order for a prison, an engine that is disabled', async () => {
    await using w = await setUp();
    const [mine, others] = [w.pool.source('mine'), w.pool.source('others')];
    await setRoute(w.store.db, 'mine', [w.b.id], 0);
    await vi.waitFor(() => expect(mine.take(null)?.engine.name).toBe('B'));
    const lease = others.take(null);
    expect(lease?.engine.name).toBe('A');
    await changeEngine(w.store, w.a.id, 1, w.definition('A', w.first.url, { enabled: false }), undefined);
    await vi.waitFor(() => expect(lease && others.isStale(lease)).toBe(true));
    await changeEngine(w.store, w.b.id, 1, w.definition('B', w.second.url, { enabled: false }), undefined);
    await vi.waitFor(() => expect([mine.isOff, others.isOff]).toEqual([true, true]));
  });

  it('the one of the environment hears calls where no order is set, and only there', async () => {
    await using w = await setUp(NONE);
    expect(w.pool.source('prison').take(null)?.engine.name).toBe('A');
    await setRoute(w.store.db, BUREAU, [], 1);
    await vi.waitFor(() => expect(w.pool.source('prison').take(null)?.engine.name).toBe('built in'));
    expect(w.pool.face?.engine.name).toBe('built in');
  });

  it('recordings have streams of their own', async () => {
    await using w = await setUp();
    const stream = w.pool.takeOffline('prison');
    expect([stream?.engine.name, stream?.speed]).toEqual(['A', 8]);
    expect(w.pool.takeOffline('prison')?.engine.name).toBe('B');
    expect([w.pool.takeOffline('prison'), w.pool.hasOfflineRoom]).toEqual([null, false]);
    stream?.release();
    expect(w.pool.hasOfflineRoom).toBe(true);
  });
});
