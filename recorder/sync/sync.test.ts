import type { CallId, SenderReport, TrackId } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { buildTimeline, type ClockStretch, chooseReports } from './index.ts';

const SERVER_START = Date.parse('2026-11-20T08:00:00.000Z');

/** Chance that is the same in every run. */
function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Device {
  participant?: string;
  /** Sender's clock ahead of the server's, ms. */
  aheadMs?: number;
  /** Sender's clock runs faster than the server's by this share. */
  fast?: number;
  /** The medium's clock runs faster than the sender's by this share. */
  mediumFast?: number;
  seconds: number;
  fromSecond?: number;
  clockRate?: number;
  firstTimestamp?: number;
  seed?: number;
  reportEveryS?: number;
  reportJitterMs?: number;
  leastTransitMs?: number;
}

/** A sender that captures something at server second s; its packets come with transit and jitter, its reports as browsers write them. */
function device(options: Device): ClockStretch & { timestampAt(second: number): number } {
  const { aheadMs = 0, fast = 0, mediumFast = 0, clockRate = 90_000, firstTimestamp = 1000, fromSecond = 0, leastTransitMs = 30 } = options;
  const random = randomness(options.seed ?? 1);
  const senderMs = (second: number) => SERVER_START + aheadMs + second * 1000 * (1 + fast);
  const timestampAt = (second: number) => firstTimestamp + second * (1 + fast) * (1 + mediumFast) * clockRate;
  const arrival = (second: number) => SERVER_START + second * 1000 + leastTransitMs + random() ** 3 * 80;
  const points = Array.from({ length: options.seconds }, (_, i) => {
    const second = fromSecond + i + random() * 0.9;
    return { arrivalMs: arrival(second), timestamp: timestampAt(second) };
  });
  const reports: SenderReport[] = [];
  for (let second = fromSecond + 1; second < fromSecond + options.seconds; second += options.reportEveryS ?? 5) {
    const jitter = (random() - 0.5) * 2 * (options.reportJitterMs ?? 5);
    reports.push(report(senderMs(second), timestampAt(second + jitter / 1000), arrival(second)));
  }
  return { participant: options.participant ?? 'inmate', clockRate, points, reports, timestampAt };
}

function report(ntpMs: number, timestamp: number, arrivedAtMs: number, ssrc = 1): SenderReport {
  const seconds = Math.floor(ntpMs / 1000);
  return {
    callId: 'c' as CallId,
    trackId: 't' as TrackId,
    ssrc,
    ntpSeconds: seconds + 2_208_988_800,
    ntpFraction: Math.round((ntpMs / 1000 - seconds) * 2 ** 32) % 2 ** 32,
    rtpTimestamp: ((Math.round(timestamp) % 2 ** 32) + 2 ** 32) % 2 ** 32,
    arrivedAtMs,
  };
}

/** How far the time line puts what was captured at server second s from s + the least transit, in ms. */
function errors(stretch: ReturnType<typeof device>, clock: { serverMs(timestamp: number): number }, seconds: number[], transitMs = 30) {
  return seconds.map((second) => clock.serverMs(stretch.timestampAt(second)) - (SERVER_START + second * 1000 + transitMs));
}
const every = (step: number, upTo: number, from = 1) => Array.from({ length: Math.floor((upTo - from) / step) }, (_, i) => from + i * step);
const worst = (values: number[]) => Math.max(...values.map(Math.abs));

describe('the time line', () => {
  it('holds to milliseconds over two hours with a clock that is wrong by hours and 200 ppm fast', () => {
    const video = device({ seconds: 7200, aheadMs: -7_200_000, fast: 200e-6 });
    const audio = device({
      seconds: 7200,
      aheadMs: -7_200_000,
      fast: 200e-6,
      clockRate: 48_000,
      firstTimestamp: 2 ** 32 - 50_000,
      seed: 2,
    });
    const clocks = buildTimeline([video, audio]);
    const seconds = [...every(37, 7200), 7199];
    const [videoErrors, audioErrors] = [errors(video, clocks[0]!, seconds), errors(audio, clocks[1]!, seconds)];
    expect(worst(videoErrors)).toBeLessThan(8);
    expect(worst(audioErrors)).toBeLessThan(8);
    expect(worst(videoErrors.map((value, i) => value - (audioErrors[i] ?? 0)))).toBeLessThan(5);
    expect(clocks.map((clock) => clock.source)).toEqual(['reports', 'reports']);
  });

  it('takes out the drift of a sound card against the clock of the reports', () => {
    const audio = device({ seconds: 1800, mediumFast: 300e-6, clockRate: 48_000 });
    const [clock] = buildTimeline([audio]);
    expect(worst(errors(audio, clock!, every(20, 1800)))).toBeLessThan(6);
  });

  it('keeps audio and video of a device in step when their ways differ', () => {
    const audio = device({ seconds: 120, clockRate: 48_000 });
    const video = device({ seconds: 120, leastTransitMs: 130, seed: 5 });
    const [a, v] = buildTimeline([audio, video]);
    const seconds = every(5, 120);
    const apart = errors(video, v!, seconds).map((value, i) => value - (errors(audio, a!, seconds)[i] ?? 0));
    expect(worst(apart)).toBeLessThan(4);
  });

  it('aligns by arrival what has no reports', () => {
    const audio = device({ seconds: 60, clockRate: 48_000 });
    const [clock] = buildTimeline([{ ...audio, reports: [] }]);
    expect(clock?.source).toBe('arrival');
    expect(worst(errors(audio, clock!, every(5, 60)))).toBeLessThan(10);
  });

  it('is not moved by a report that is wrong, nor by a sender that sets its clock', () => {
    const video = device({ seconds: 300, reportEveryS: 2 });
    const reports = video.reports.map((one, index) => {
      if (index === 20) return { ...one, ntpSeconds: one.ntpSeconds + 40 };
      return index > 80 ? { ...one, ntpSeconds: one.ntpSeconds - 12 } : one;
    });
    const [clock] = buildTimeline([{ ...video, reports }]);
    expect(worst(errors(video, clock!, every(3, 300)))).toBeLessThan(10);
  });

  it('gives two devices of one person, one after the other, each its own clock', () => {
    const phone = device({ seconds: 60, aheadMs: 4000 });
    const tablet = device({ seconds: 60, fromSecond: 65, aheadMs: -9000, seed: 3 });
    const [a, b] = buildTimeline([phone, tablet]);
    expect(worst(errors(phone, a!, every(5, 60)))).toBeLessThan(8);
    expect(worst(errors(tablet, b!, every(5, 125, 66)))).toBeLessThan(8);
  });

  it('follows packets that take another way from some point on', () => {
    const video = device({ seconds: 200 });
    const points = video.points.map((point, i) => (i > 100 ? { ...point, arrivalMs: point.arrivalMs + 400 } : point));
    const [clock] = buildTimeline([{ ...video, points }]);
    expect(worst(errors(video, clock!, every(5, 80)))).toBeLessThan(10);
    expect(worst(errors(video, clock!, every(5, 200, 140), 430))).toBeLessThan(10);
  });
});

describe('sender reports under simulcast', () => {
  const layer = (ssrc: number, firstTimestamp: number) => device({ seconds: 60, firstTimestamp }).reports.map((one) => ({ ...one, ssrc }));

  it('are taken from the layer whose timestamps the tap follows', () => {
    const tap = device({ seconds: 60, firstTimestamp: 500_000 });
    const reports = [...layer(11, 3_000_000_000), ...layer(12, 500_000), ...layer(13, 777_777_777)];
    expect(chooseReports(reports, tap.points, 90_000)).toHaveLength(layer(12, 0).length);
    const [clock] = buildTimeline([{ ...tap, reports }]);
    expect(clock).toMatchObject({ source: 'reports', reports: layer(12, 0).length });
    expect(worst(errors(tap, clock!, every(5, 60)))).toBeLessThan(8);
  });

  it('are refused when only few of a layer come near by chance', () => {
    const tap = device({ seconds: 60 });
    const stray = layer(11, 3_000_000_000).map((one, i) => (i === 3 ? { ...one, rtpTimestamp: Math.round(tap.timestampAt(16)) } : one));
    expect(chooseReports(stray, tap.points, 90_000)).toEqual([]);
    expect(buildTimeline([{ ...tap, reports: stray }])[0]?.source).toBe('arrival');
  });

  it('are taken from the nearest when two layers come near', () => {
    const tap = device({ seconds: 60, firstTimestamp: 500_000 });
    const reports = [...layer(11, 500_000 + 4 * 90_000), ...layer(12, 500_000)];
    expect(chooseReports(reports, tap.points, 90_000)).toHaveLength(layer(12, 0).length);
  });
});
