import type { CallId, ParticipantId, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { WordMatcher } from '@qinqiao/domain/words';
import { FakeClock } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArrivalLog, TimeMap } from '../audio/time-map.ts';
import { Segmenter } from './segmenter.ts';

const MS = 16;
const word = (text: string, level: number) => ({ id: text, word: text, level, note: '' });

function setUp() {
  const clock = new FakeClock();
  const start = clock.now().getTime();
  const segments: TranscriptSegment[] = [];
  const alerts: WordAlert[] = [];
  const callTime = new TimeMap();
  callTime.set(0, 60_000);
  const arrivals = new ArrivalLog();
  for (let ms = 20; ms <= 5000; ms += 20) arrivals.add(ms * MS, start + ms);
  const list = { matcher: new WordMatcher([word('越狱', 3), word('手机', 1)]), languages: [] as string[] };
  const segmenter = new Segmenter({
    speaker: { callId: 'c1' as CallId, participantId: 'p1' as ParticipantId, speaker: 'inmate' },
    engine: { name: 'test', trial: true, revising: true },
    audio: { callTime, arrivals },
    matcher: () => list.matcher,
    expectedLanguages: () => list.languages,
    clock,
    onSegment: (segment) => segments.push(segment),
    onAlert: (alert) => alerts.push(alert),
  });
  const say = (text: string, startMs: number, endMs: number, final = false) => {
    const spans = [...text.matchAll(/\S+/g)].map((match, i, all) => ({
      offset: match.index,
      length: match[0].length,
      end: (startMs + ((endMs - startMs) * (i + 1)) / all.length) * MS,
    }));
    segmenter.text({ final, text, start: startMs * MS, end: endMs * MS, spans });
  };
  const advance = (ms: number) => {
    clock.advance(ms);
    vi.advanceTimersByTime(ms);
  };
  const alertStates = () => alerts.splice(0).map(({ word, state }) => `${word} ${state}`);
  return { segmenter, segments, alerts, alertStates, say, advance, list, start };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('segments', () => {
  it('are provisional until their final text replaces them, by id and with the time of the call', () => {
    const { segments, say } = setUp();
    say('他们', 500, 800);
    say('他们 准备', 500, 1200);
    say('他们 准备 越狱', 500, 1700, true);
    say('不要', 3000, 3400);
    expect(segments.map(({ startMs, endMs, text, final }) => ({ startMs, endMs, text, final }))).toEqual([
      { startMs: 60_500, endMs: 60_800, text: '他们', final: false },
      { startMs: 60_500, endMs: 61_200, text: '他们 准备', final: false },
      { startMs: 60_500, endMs: 61_700, text: '他们 准备 越狱', final: true },
      { startMs: 63_000, endMs: 63_400, text: '不要', final: false },
    ]);
    expect(new Set(segments.map(({ id }) => id)).size).toBe(2);
    expect(segments[0]).toMatchObject({ callId: 'c1', participantId: 'p1', speaker: 'inmate', engine: 'test', trial: true });
  });

  it('of nothing are not made, but a provisional one is taken back by empty final text', () => {
    const { segments, say } = setUp();
    say('', 100, 100, true);
    expect(segments).toEqual([]);
    say('他', 500, 600);
    say('', 500, 600, true);
    expect(segments.at(-1)).toMatchObject({ id: segments[0]?.id, text: '', final: true });
  });

  it('in a language that is not expected are marked when they are final', () => {
    const { segments, say, list } = setUp();
    say('hello my dear friend', 500, 900, true);
    list.languages = ['zh'];
    say('hello my dear', 1000, 1500);
    say('hello my dear friend', 1000, 1700, true);
    say('你好', 2000, 2400, true);
    expect(segments.map(({ foreign = false }) => foreign)).toEqual([false, false, true, false]);
  });

  it('that break off stay as they are, marked; gaps and outages say how long they are', () => {
    const { segmenter, segments, say } = setUp();
    say('他们', 500, 800);
    segmenter.brokenOff();
    segmenter.brokenOff();
    segmenter.gap(1000 * MS, 2000 * MS);
    segmenter.gap(1000 * MS, 2500 * MS);
    segmenter.outage(1000 * MS, 4000 * MS);
    expect(segments.slice(1).map(({ text, mark, final }) => `${text} ${mark} ${final}`)).toEqual([
      '他们 cut true',
      '[… 1.0 s …] gap true',
      '[… 1.5 s …] gap true',
      '[… 3.0 s …] outage true',
    ]);
    expect(segments[3]?.id).toBe(segments[2]?.id);
  });
});

describe('alerts', () => {
  it('name second, place and speaker, and when the end of the word was heard', () => {
    const { alerts, say, advance, start } = setUp();
    advance(1750);
    say('他们 准备 越狱', 500, 1700);
    expect(alerts).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        callId: 'c1',
        participantId: 'p1',
        speaker: 'inmate',
        segmentId: expect.any(String) as string,
        word: '越狱',
        wordId: '越狱',
        category: '',
        note: '',
        match: 'exact',
        level: 3,
        offset: 6,
        length: 2,
        atMs: 61_700,
        heardAt: new Date(start + 1700).toISOString(),
        raisedAt: new Date(start + 1750).toISOString(),
        state: 'provisional',
      },
    ]);
  });

  it('wait until a word has stood for 160 ms, without any more text', () => {
    const { alertStates, say, advance } = setUp();
    say('要 手机', 500, 900);
    advance(159);
    expect(alertStates()).toEqual([]);
    advance(1);
    expect(alertStates()).toEqual(['手机 provisional']);
  });

  it('are confirmed under the same id and with the same latency', () => {
    const { alerts, say, advance } = setUp();
    advance(1750);
    say('他们 越狱', 500, 1700);
    advance(1000);
    say('他们 准备 越狱', 500, 1700, true);
    const [raised, confirmed] = alerts;
    expect(confirmed).toMatchObject({
      id: raised?.id,
      state: 'confirmed',
      offset: 6,
      raisedAt: raised?.raisedAt,
      heardAt: raised?.heardAt,
    });
    expect(alerts).toHaveLength(2);
  });

  it('go on over an engine that was replaced: the sentence heard again raises nothing twice', () => {
    const { alertStates, say } = setUp();
    say('他们 越狱', 500, 1700);
    say('他们', 500, 800);
    say('他们 越狱', 500, 1700);
    say('他们 越狱', 500, 1700, true);
    expect(alertStates()).toEqual(['越狱 provisional', '越狱 confirmed']);
  });

  it('wait while what follows may excuse the word, unless it is of the top level; the final text decides', () => {
    const { alertStates, say, list, advance } = setUp();
    const exceptions = ['手机号码', '越狱游戏'];
    list.matcher = new WordMatcher([
      { ...word('手机', 2), exceptions },
      { ...word('越狱', 3), exceptions },
    ]);
    say('他的 手机', 500, 900);
    advance(500);
    expect(alertStates()).toEqual([]);
    say('他的 手机 号码', 500, 1200, true);
    say('玩 越狱', 2000, 2500);
    expect(alertStates()).toEqual(['越狱 provisional']);
    say('玩 越狱 游戏', 2000, 3000, true);
    expect(alertStates()).toEqual(['越狱 unconfirmed']);
    say('他的 手机', 4000, 4500, true);
    expect(alertStates()).toEqual(['手机 confirmed']);
  });

  it('of a sentence that broke off stay, unconfirmed', () => {
    const { segmenter, alertStates, say } = setUp();
    say('他们 越狱', 500, 1700);
    segmenter.brokenOff();
    expect(alertStates()).toEqual(['越狱 provisional', '越狱 unconfirmed']);
  });

  it('are raised of words that were put on the list while the sentence was being spoken', () => {
    const { alertStates, say, list } = setUp();
    say('他们 准备', 500, 1200);
    list.matcher = new WordMatcher([word('准备', 3)]);
    say('他们 准备 好', 500, 1700);
    expect(alertStates()).toEqual(['准备 provisional']);
  });
});
