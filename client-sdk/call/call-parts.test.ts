import { describe, expect, it, vi } from 'vitest';
import { levelOf } from '../devices/level-meter.ts';
import { FakeTimers } from '../support/fake-timers.ts';
import { every } from '../support/timers.ts';
import { IceWatch } from './ice-watch.ts';
import { countersOf, gradeOf, qualityBetween } from './quality.ts';
import { upsert } from './snapshot.ts';

describe('ICE watch', () => {
  const setUp = (restart = vi.fn(() => Promise.resolve())) => {
    const timers = new FakeTimers();
    const onLost = vi.fn();
    return { timers, onLost, restart, watch: new IceWatch(restart, onLost, timers) };
  };

  it('lets a short break heal', () => {
    const { timers, watch, restart, onLost } = setUp();
    watch.change('disconnected');
    timers.advance(2000);
    watch.change('connected');
    timers.advance(60_000);
    expect(restart).not.toHaveBeenCalled();
    expect(onLost).not.toHaveBeenCalled();
  });

  it('restarts ICE when the break lasts, and is content when that helps', () => {
    const { timers, watch, restart, onLost } = setUp();
    watch.change('disconnected');
    timers.advance(2500);
    expect(restart).toHaveBeenCalledOnce();
    watch.change('connecting');
    timers.advance(5000);
    watch.change('connected');
    timers.advance(60_000);
    expect(onLost).not.toHaveBeenCalled();
  });

  it('reports the path lost, once, when the restart does not help', () => {
    const { timers, watch, restart, onLost } = setUp();
    watch.change('failed');
    expect(restart).toHaveBeenCalledOnce();
    watch.change('failed');
    timers.advance(60_000);
    expect(onLost).toHaveBeenCalledOnce();
  });

  it('reports the path lost at once when the server refuses the restart', async () => {
    const { watch, onLost } = setUp(vi.fn(() => Promise.reject(new Error('gone'))));
    watch.change('failed');
    await Promise.resolve();
    await Promise.resolve();
    expect(onLost).toHaveBeenCalledOnce();
  });

  it('does not wait for ever for the first connection', () => {
    const { timers, watch, onLost } = setUp();
    watch.change('connecting');
    timers.advance(9999);
    expect(onLost).not.toHaveBeenCalled();
    timers.advance(1);
    expect(onLost).toHaveBeenCalledOnce();
  });

  it('is silent once stopped', () => {
    const { timers, watch, onLost, restart } = setUp();
    watch.change('disconnected');
    watch.stop();
    timers.advance(60_000);
    watch.change('failed');
    expect(onLost).not.toHaveBeenCalled();
    expect(restart).not.toHaveBeenCalled();
  });
});

describe('quality', () => {
  const stats = (packets: number, lost: number, bytes: number, frames: number) => [
    { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.045 },
    { type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 9 },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: packets, packetsLost: lost, bytesReceived: bytes, framesDecoded: frames },
    { type: 'inbound-rtp', kind: 'audio', packetsReceived: 0, packetsLost: 0, bytesReceived: 0 },
    { type: 'remote-inbound-rtp', fractionLost: 0.01 },
    { type: 'outbound-rtp', bytesSent: bytes * 2 },
  ];

  it('compares two readings', () => {
    const quality = qualityBetween(countersOf(stats(100, 0, 50_000, 50), 0), countersOf(stats(195, 5, 300_000, 100), 2000));
    expect(quality).toEqual({
      grade: 'fair',
      rttMs: 45,
      lossIn: 0.05,
      lossOut: 0.01,
      kbpsIn: 1000,
      kbpsOut: 2000,
      framesDecoded: 100,
      framesPerSecond: 25,
    });
  });

  it('knows nothing while nothing flows', () => {
    const still = countersOf(stats(100, 0, 50_000, 50), 0);
    expect(qualityBetween(still, { ...still, atMs: 2000 }).grade).toBe('unknown');
  });

  it('counters that began anew do not give negative figures', () => {
    const quality = qualityBetween(countersOf(stats(5000, 90, 9_000_000, 5000), 0), countersOf(stats(10, 0, 1000, 3), 2000));
    expect([quality.kbpsIn, quality.kbpsOut, quality.lossIn, quality.framesPerSecond]).toEqual([0, 0, 0, 0]);
  });

  it.each([
    [null, 0, 'good'],
    [150, 0.02, 'good'],
    [500, 0, 'fair'],
    [100, 0.05, 'fair'],
    [900, 0, 'poor'],
    [50, 0.2, 'poor'],
  ] as const)('rtt %s ms, loss %s is %s', (rtt, loss, grade) => expect(gradeOf(rtt, loss)).toBe(grade));
});

describe('upsert', () => {
  const timeOf = (item: { id: string; at: number }) => item.at;

  it('replaces by id where it stands, and puts new ones in order of time', () => {
    let list = [{ id: 'a', at: 10 }];
    list = upsert(list, { id: 'c', at: 30 }, timeOf);
    list = upsert(list, { id: 'b', at: 20 }, timeOf);
    list = upsert(list, { id: 'c', at: 31 }, timeOf);
    expect(list.map(({ id, at }) => `${id}${at}`)).toEqual(['a10', 'b20', 'c31']);
  });
});

describe('helpers', () => {
  it('level is 0 in silence, 1 at full scale, and grows between', () => {
    expect(levelOf(new Float32Array(64))).toBe(0);
    expect(levelOf(new Float32Array(64).fill(1))).toBe(1);
    expect(levelOf(new Float32Array(64).fill(0.1))).toBeCloseTo(1 - 20 / 60);
  });

  it('every runs again and again until stopped', () => {
    const timers = new FakeTimers();
    const run = vi.fn();
    const stop = every(timers, 100, run);
    timers.advance(350);
    stop();
    timers.advance(1000);
    expect(run).toHaveBeenCalledTimes(3);
  });
});
