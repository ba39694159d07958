import { describe, expect, it } from 'vitest';
import { AudioRing } from './ring.ts';
import { ArrivalLog, TimeMap } from './time-map.ts';
import { TrackAudio } from './track-audio.ts';

const FRAME = 320;
const frame = (value = 1) => new Int16Array(FRAME).fill(value);

function track() {
  const samples: number[] = [];
  const audio = new TrackAudio((pcm) => samples.push(...pcm));
  /** Lengths in ms of what is heard (+) and silent (−), in turn. */
  const heard = () => {
    const runs: number[] = [];
    for (const sample of samples) {
      const step = sample === 0 ? -1 / 16 : 1 / 16;
      if (runs.length > 0 && Math.sign(runs.at(-1) ?? 0) === Math.sign(step)) runs[runs.length - 1] = (runs.at(-1) ?? 0) + step;
      else runs.push(step);
    }
    return runs;
  };
  return { audio, heard };
}

describe('the ring', () => {
  it('gives back what it holds by position, over its end too, and forgets the oldest', () => {
    const ring = new AudioRing(10);
    for (let i = 0; i < 8; i++) ring.append(Int16Array.of(i * 3, i * 3 + 1, i * 3 + 2));
    expect([ring.start, ring.end]).toEqual([14, 24]);
    expect([...ring.read(14, 24)]).toEqual([14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
    expect([...ring.read(18, 21)]).toEqual([18, 19, 20]);
    ring.append(Int16Array.from({ length: 25 }, (_, i) => 100 + i));
    expect([ring.start, ring.end]).toEqual([39, 49]);
    expect([...ring.read(39, 49)]).toEqual([115, 116, 117, 118, 119, 120, 121, 122, 123, 124]);
  });
});

describe('clocks', () => {
  it('map positions by stretches; the end of a stretch is not the beginning of the next', () => {
    const map = new TimeMap();
    map.set(0, 1000);
    map.set(1600, 5000);
    expect([map.at(160), map.at(1600), map.endAt(1600), map.endAt(1760)]).toEqual([1010, 5000, 1100, 5010]);
  });

  it('remember when audio came', () => {
    const log = new ArrivalLog();
    for (let i = 1; i <= 10; i++) log.add(i * 320, i * 20);
    expect([log.at(1), log.at(320), log.at(321), log.at(99_999)]).toEqual([20, 20, 40, 200]);
  });
});

describe("a speaker's audio", () => {
  it('has silence where packets are missing', () => {
    const { audio, heard } = track();
    audio.add(frame(), 100, 100, false);
    audio.add(frame(), 120, 120, true);
    audio.add(frame(), 180, 180, false);
    expect(heard()).toEqual([40, -40, 20]);
    expect(audio.callTime.endAt(audio.position)).toBe(200);
  });

  it('goes on silently while nothing comes after a pause, and after some seconds stops doing so', () => {
    const { audio, heard } = track();
    audio.add(frame(1000), -20, 0, false);
    audio.add(frame(1), 0, 0, true);
    for (let now = 100; now <= 12_000; now += 100) audio.fill(now, now);
    expect(heard()).toEqual([40, -(8000 - 200 - 20)]);
    expect(audio.isIdle(12_000)).toBe(true);
    audio.add(frame(), 12_000, 12_000, false);
    expect(heard()).toEqual([40, -(7780 + 1000), 20]);
    expect(audio.callTime.endAt(audio.position)).toBe(12_020);
  });

  it('that breaks off in a sound is awaited longer; what comes after silence was filled in is kept, with its true time', () => {
    const { audio, heard } = track();
    audio.add(frame(), 0, 0, false);
    audio.fill(1000, 1000);
    expect(heard()).toEqual([20]);
    audio.fill(1600, 1600);
    audio.add(frame(), 20, 1610, true);
    audio.add(frame(), 40, 1610, true);
    expect(heard()).toEqual([20, -1000, 40]);
    expect(audio.callTime.endAt(audio.position)).toBe(60);
    audio.add(frame(), 660, 1612, false);
    expect(heard()).toEqual([20, -1000, 40, -600, 20]);
  });

  it('does not come faster than time passes', () => {
    const { audio } = track();
    let taken = 0;
    for (let i = 0; i < 1000; i++) if (audio.add(frame(), i * 20, 1, true)) taken++;
    expect(taken).toBe(250);
    expect(audio.add(frame(), 20_000, 2000, false)).toBe(true);
  });
});
