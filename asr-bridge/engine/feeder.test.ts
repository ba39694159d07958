import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BridgeSettings, DEFAULT_SETTINGS } from '../settings.ts';
import { EngineFeeder } from './feeder.ts';
import type { EngineConnection, EngineEvents, EngineText, SpeechEngine } from './port.ts';
import { type EngineSource, soleEngine } from './source.ts';

const SECOND = 16_000;
const seconds = (count: number, value = 1) => new Int16Array(count * SECOND).fill(value);

/** One connection as a test holds it: what it was given, and the strings to pull. */
class Wire implements EngineConnection {
  readonly events: EngineEvents;
  readonly sent: Int16Array[] = [];
  buffered = 0;
  isFinished = false;
  destroyed: string | null = null;

  constructor(events: EngineEvents) {
    this.events = events;
  }
  send(pcm: Int16Array): void {
    this.sent.push(pcm);
  }
  finish(): void {
    this.isFinished = true;
  }
  destroy(reason: string): void {
    this.destroyed = reason;
    this.events.closed(reason);
  }
  get seconds(): number {
    return this.sent.reduce((sum, pcm) => sum + pcm.length, 0) / SECOND;
  }
  hear(ms: number): void {
    this.events.heard(ms);
  }
  say(text: string, startMs: number, endMs: number, final = false): void {
    this.events.text({ final, text, startMs, endMs, doneMs: endMs, spans: [] } satisfies EngineText);
  }
}

function setUp(settings: Partial<BridgeSettings> = {}, more: Partial<SpeechEngine> = {}, source?: (engine: SpeechEngine) => EngineSource) {
  const wires: Wire[] = [];
  const told: string[] = [];
  const engine: SpeechEngine = {
    name: 'wire',
    trial: true,
    revising: true,
    frameSamples: 640,
    check: () => Promise.resolve(null),
    connect: (_, events) => {
      const wire = new Wire(events);
      wires.push(wire);
      return wire;
    },
    ...more,
  };
  const words = { now: [] as string[] };
  const at = (position: number) => (position / SECOND).toFixed(1);
  const feeder = new EngineFeeder({
    source: (source ?? soleEngine)(engine),
    hints: () => ({ words: words.now }),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    events: {
      text: (text) => told.push(`${text.final ? 'final' : 'text'} ${text.text} ${at(text.start)}-${at(text.end)}`),
      state: (state, detail) => told.push(detail === null ? state : `${state}: ${detail}`),
      brokenOff: () => told.push('broken off'),
      gap: (from, to) => told.push(`gap ${at(from)}-${at(to)}`),
      outage: (from, to) => told.push(`outage ${at(from)}-${at(to)}`),
    },
  });
  const news = () => told.splice(0);
  const wire = () => wires.at(-1) ?? expect.fail('no connection');
  return { feeder, wires, wire, news, words };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('audio', () => {
  it('waits for the engine to be ready and then flows in whole frames', () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    feeder.append(new Int16Array(100));
    expect(wire().seconds).toBe(0);
    wire().events.ready();
    expect(wire().seconds).toBe(1);
    expect(wire().sent.every((pcm) => pcm.length === 640)).toBe(true);
    expect(news()).toEqual(['starting', 'ready']);
  });

  it('is held back while the engine has not taken what it was given', () => {
    const { feeder, wire } = setUp();
    feeder.append(seconds(1));
    wire().buffered = DEFAULT_SETTINGS.bufferLimitBytes;
    wire().events.ready();
    expect(wire().seconds).toBe(0);
    wire().buffered = 0;
    wire().events.drained();
    expect(wire().seconds).toBe(1);
  });

  it('comes to the engine to the end when the track ends, even when it is not ready yet', async () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    feeder.append(new Int16Array(100));
    const closed = feeder.close();
    expect(wire().isFinished).toBe(false);
    wire().events.ready();
    expect(wire().seconds).toBe(1.04);
    expect(wire().isFinished).toBe(true);
    wire().say('好', 0, 900, true);
    wire().hear(1040);
    wire().events.closed('ended');
    await closed;
    expect(news()).toEqual(['starting', 'ready', 'final 好 0.0-0.9', 'broken off', 'idle', 'broken off']);
  });

  it('is not waited for longer than the time an engine has for its last text', async () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    wire().events.ready();
    const closed = feeder.close();
    await vi.advanceTimersByTimeAsync(DEFAULT_SETTINGS.finishMs);
    await closed;
    expect(wire().destroyed).toBe('engine does not finish');
    expect(news()).toContain('gap 0.0-1.0');
  });
});

describe('an engine that goes away', () => {
  it('is told of at once, fetched again with growing waits of at most a second, and given the sentence anew', async () => {
    const { feeder, wires, wire, news } = setUp();
    feeder.append(seconds(10));
    wire().events.ready();
    wire().hear(10_000);
    wire().say('你好', 500, 1500, true);
    wire().say('他们', 6000, 6500);
    news();
    wire().events.closed('engine ended (SIGKILL)');
    expect(news()).toEqual(['lost: engine ended (SIGKILL)']);
    const waits: number[] = [];
    while (waits.length < 6) {
      const before = wires.length;
      let waited = 0;
      while (wires.length === before) {
        await vi.advanceTimersByTimeAsync(5);
        waited += 5;
      }
      waits.push(waited);
      if (waits.length < 6) wire().events.closed('refused');
    }
    expect(waits[0]).toBeLessThanOrEqual(100);
    expect(waits.every((wait) => wait <= 1000)).toBe(true);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(750);
    news();
    wire().events.ready();
    expect(news()).toEqual(['outage 5.7-10.0', 'ready']);
    expect(wire().seconds).toBeCloseTo(4.28, 2);
    wire().say('他们 准备', 300, 1300, true);
    expect(news()).toEqual(['final 他们 准备 6.0-7.0']);
  });

  it('for longer than the ring holds leaves a gap that says from when to when, and breaks off the sentence', async () => {
    const { feeder, wire, news } = setUp({ ringMs: 5000 });
    feeder.append(seconds(2));
    wire().events.ready();
    wire().hear(2000);
    wire().say('他们', 1000, 1500);
    wire().events.closed('died');
    news();
    for (let i = 0; i < 6; i++) feeder.append(seconds(1));
    await vi.advanceTimersByTimeAsync(100);
    wire().events.ready();
    const told = news();
    expect(told.filter((line) => line === 'broken off')).toHaveLength(1);
    expect(told.filter((line) => line.startsWith('gap')).at(-1)).toBe('gap 0.7-3.0');
    expect(told.slice(-2)).toEqual(['outage 0.7-8.0', 'ready']);
    expect(wire().sent[0]?.length).toBe(640);
    wire().say('准备', 100, 500);
    expect(news()).toEqual(['text 准备 3.1-3.5']);
  });

  it('before its last words leaves their text as it is', async () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    wire().events.ready();
    wire().say('他们', 100, 500);
    const closed = feeder.close();
    wire().events.closed('died');
    await closed;
    expect(news().slice(-4)).toEqual(['broken off', 'gap 0.5-1.0', 'idle', 'broken off']);
  });

  it('when the track has ended too leaves a gap of what it never heard', async () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    wire().events.closed('refused');
    feeder.append(seconds(1));
    await feeder.close();
    expect(news()).toContain('gap 0.0-2.0');
  });
});

describe('an engine that misbehaves', () => {
  it('is replaced when it takes no audio', () => {
    const { feeder, wire } = setUp();
    feeder.append(seconds(1));
    wire().events.ready();
    wire().hear(500);
    feeder.tick(performance.now() + DEFAULT_SETTINGS.stallMs - 1);
    expect(wire().destroyed).toBeNull();
    feeder.tick(performance.now() + DEFAULT_SETTINGS.stallMs + 1);
    expect(wire().destroyed).toBe('engine takes no audio');
  });

  it('is replaced when it does not become ready', () => {
    const { feeder, wire } = setUp();
    feeder.append(seconds(1));
    feeder.tick(performance.now() + DEFAULT_SETTINGS.connectTimeoutMs + 1);
    expect(wire().destroyed).toBe('engine does not become ready');
  });

  it('is called slow when audio waits for it, and is brought back to the present when the ring is full', () => {
    const { feeder, wire, news } = setUp({ ringMs: 8000 });
    feeder.append(seconds(1));
    wire().events.ready();
    wire().buffered = DEFAULT_SETTINGS.bufferLimitBytes;
    feeder.append(seconds(4));
    feeder.tick(performance.now());
    expect(news().at(-1)).toBe('slow');
    feeder.append(seconds(5));
    expect(news()).toEqual(['gap 1.0-7.0']);
    wire().buffered = 0;
    wire().events.drained();
    wire().hear(4000);
    wire().say('现在', 1000, 1400);
    feeder.tick(performance.now());
    expect(news()).toEqual(['text 现在 7.0-7.4', 'ready']);
  });

  it('is called slow when it takes audio at once but its text comes ten seconds late', async () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(12));
    wire().events.ready();
    wire().hear(12_000);
    feeder.tick(performance.now());
    news();
    const spans = [{ offset: 0, length: 2, endMs: 1500 }];
    wire().events.text({ final: true, text: '他们', startMs: 1000, endMs: 1500, doneMs: 1500, spans });
    feeder.tick(performance.now());
    expect(news()).toEqual(['final 他们 1.0-1.5', 'slow']);
    await vi.advanceTimersByTimeAsync(11_000);
    feeder.tick(performance.now());
    expect(news()).toEqual(['ready']);
  });

  it('is replaced when it floods with text, and cannot name times beyond what it was given', () => {
    const { feeder, wire, news } = setUp();
    feeder.append(seconds(1));
    wire().events.ready();
    news();
    wire().say('很', 500, 999_999_999);
    expect(news()).toEqual(['text 很 0.5-1.0']);
    for (let i = 0; i < 250; i++) wire().say(`${i}`, 0, 1);
    expect(wire().destroyed).toBe('engine floods with text');
  });

  it('and cannot even be started counts as lost', () => {
    const told: string[] = [];
    const feeder = new EngineFeeder({
      source: soleEngine({
        name: 'broken',
        trial: true,
        revising: false,
        frameSamples: 640,
        check: () => Promise.resolve(null),
        connect: () => {
          throw new Error('out of processes');
        },
      }),
      hints: () => ({ words: [] }),
      settings: DEFAULT_SETTINGS,
      events: {
        text: () => {},
        state: (state, detail) => told.push(`${state} ${detail}`),
        brokenOff: () => {},
        gap: () => {},
        outage: () => {},
      },
    });
    feeder.append(seconds(1));
    expect(told.at(-1)).toBe('lost engine cannot be started: out of processes');
  });
});

describe('a speaker who pauses for long', () => {
  it('lets the engine go, and gets it back with the next word', () => {
    const { feeder, wires, wire, news } = setUp();
    feeder.append(seconds(1));
    wire().events.ready();
    wire().hear(1000);
    feeder.rest();
    expect(wire().isFinished).toBe(true);
    wire().events.closed('ended');
    expect(news()).toEqual(['starting', 'ready', 'broken off', 'idle']);
    feeder.append(seconds(1));
    expect(wires).toHaveLength(2);
    wire().events.ready();
    wire().say('喂', 100, 500);
    expect(news()).toEqual(['starting', 'ready', 'text 喂 1.1-1.5']);
  });
});

describe('an engine that takes audio only as it is spoken', () => {
  it('is given no more in a second than a second, and nothing old after it went away: that is a gap', async () => {
    const { feeder, wire, news } = setUp({}, { realtimeOnly: true });
    feeder.append(seconds(1));
    wire().events.ready();
    await vi.advanceTimersByTimeAsync(500);
    expect(wire().seconds).toBeGreaterThan(0.4);
    expect(wire().seconds).toBeLessThan(0.75);
    await vi.advanceTimersByTimeAsync(600);
    expect(wire().seconds).toBe(1);
    wire().hear(1000);
    wire().say('他们', 200, 900);
    news();
    wire().events.closed('gone');
    for (let i = 0; i < 4; i++) feeder.append(seconds(1));
    await vi.advanceTimersByTimeAsync(200);
    wire().events.ready();
    expect(wire().seconds).toBe(0);
    expect(news()).toEqual(['lost: gone', 'broken off', 'gap 1.0-5.0', 'ready']);
    feeder.append(seconds(1));
    await vi.advanceTimersByTimeAsync(1100);
    wire().say('准备', 100, 500, true);
    expect(news()).toEqual(['final 准备 5.1-5.5']);
  });
});

describe('several engines', () => {
  const asLease = (engine: SpeechEngine) => ({
    engine,
    connected: () => undefined,
    failed: () => undefined,
    worked: () => undefined,
    behind: () => undefined,
    release: () => undefined,
  });

  it('one that fails twice in a row is left for another, which is given what it had not understood', async () => {
    const avoided: (string | null)[] = [];
    const { feeder, wire, wires, news } = setUp({}, {}, (engine) => ({
      isOff: false,
      take: (avoid) => {
        avoided.push(avoid?.name ?? null);
        return asLease(avoid === null ? engine : { ...engine, name: 'another' });
      },
      isStale: () => false,
    }));
    feeder.append(seconds(2));
    wire().events.ready();
    wire().hear(2000);
    wire().say('他们', 500, 900);
    wire().events.closed('died');
    await vi.advanceTimersByTimeAsync(100);
    wire().events.closed('refused');
    await vi.advanceTimersByTimeAsync(200);
    expect(wires).toHaveLength(3);
    expect(avoided).toEqual([null, null, 'wire']);
    expect(feeder.engine?.name).toBe('another');
    news();
    wire().events.ready();
    expect(wire().seconds).toBeCloseTo(1.8, 1);
    wire().say('他们', 300, 700, true);
    expect(news()).toContain('final 他们 0.5-0.9');
  });

  it('is changed in a pause and not within a sentence, without losing a word', () => {
    const stale = { now: false };
    const { feeder, wire, wires } = setUp({}, {}, (engine) => ({ isOff: false, take: () => asLease(engine), isStale: () => stale.now }));
    feeder.append(seconds(1, 5000));
    wire().events.ready();
    wire().hear(1000);
    wire().say('他们', 100, 900);
    stale.now = true;
    feeder.append(seconds(1, 0));
    feeder.tick(performance.now() + 1100);
    expect(wire().isFinished).toBe(false);
    wire().say('他们', 100, 900, true);
    wire().hear(2000);
    feeder.tick(performance.now() + 2200);
    expect(wire().isFinished).toBe(true);
    feeder.append(seconds(1));
    wire().events.closed('ended');
    expect(wires).toHaveLength(2);
    stale.now = false;
    wire().events.ready();
    expect(wire().seconds).toBe(1);
  });

  it('that reads its hints only at the start is connected to anew when they change', () => {
    const { feeder, wire, wires, words } = setUp({}, { hintsAtStart: true });
    feeder.append(seconds(1, 0));
    wire().events.ready();
    wire().hear(1000);
    words.now = [];
    feeder.tick(performance.now() + 1100);
    expect(wire().isFinished).toBe(false);
    words.now = ['越狱'];
    feeder.tick(performance.now() + 2200);
    expect(wire().isFinished).toBe(true);
    feeder.append(seconds(1));
    wire().events.closed('ended');
    expect(wires).toHaveLength(2);
  });

  it('that are none leave no trace; those that come in mid-call begin with what the ring holds, the rest is a gap', async () => {
    const some = { now: false };
    const { feeder, wire, wires, news } = setUp({ ringMs: 3000 }, {}, (engine) => ({
      get isOff() {
        return !some.now;
      },
      take: () => (some.now ? asLease(engine) : null),
      isStale: () => false,
    }));
    for (let i = 0; i < 5; i++) feeder.append(seconds(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(wires).toHaveLength(0);
    expect(news()).toEqual(['off']);
    some.now = true;
    await vi.advanceTimersByTimeAsync(1000);
    wire().events.ready();
    expect(news()).toEqual(['starting', 'gap 0.0-2.0', 'ready']);
    expect(wire().seconds).toBe(3);
  });
});
