import { describe, expect, it } from 'vitest';
import { FrameStamps } from './frame-stamps.ts';

/** As in webrtc's `rtc_base/timestamp_aligner.cc`: what becomes of a frame's stamp in Chromium. Milliseconds. */
class TimestampAligner {
  #seen = 0;
  #offset = 0;
  #bias = 0;
  #previous = Number.NEGATIVE_INFINITY;

  translate(stamp: number, system: number): number {
    const error = system - stamp - this.#offset;
    if (Math.abs(error) > 300) [this.#seen, this.#bias] = [0, 0];
    if (this.#seen < 100) this.#seen++;
    this.#offset += error / this.#seen;
    let time = stamp + this.#offset - this.#bias;
    if (time > system) {
      this.#bias += time - system;
      time = system;
    } else time = Math.min(system, Math.max(time, this.#previous + 1));
    this.#previous = time;
    return time;
  }
}

/** Frames that take as long as `costOf` says for their second; answers how far each was off its capture, and when it was captured. */
function run(seconds: number, costOf: (second: number, frame: number) => number): { at: number; offMs: number }[] {
  const stamps = new FrameStamps();
  const aligner = new TimestampAligner();
  const off: { at: number; offMs: number }[] = [];
  let frame = 0;
  for (let capturedAt = 0; capturedAt < seconds * 1000; frame++) {
    const now = capturedAt + costOf(capturedAt / 1000, frame);
    let offMs = Number.NaN;
    // Now and then the track takes none.
    stamps.masked(capturedAt, now, (stamp) => {
      if (frame % 7 === 0) return false;
      offMs = aligner.translate(stamp, now + 1) - capturedAt;
      return true;
    });
    if (!Number.isNaN(offMs)) off.push({ at: capturedAt, offMs });
    capturedAt = Math.max(now + 5, capturedAt + 40);
  }
  return off;
}
const worstFrom = (off: { at: number; offMs: number }[], second: number) =>
  Math.max(...off.filter(({ at }) => at >= second * 1000).map(({ offMs }) => Math.abs(offMs)));
/** The same by each run, and even: where the steps of a linear congruential generator lie. */
const spread = (frame: number) => ((frame * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

describe('the times of masked frames', () => {
  it('are when the camera saw them, however long masking takes', () => {
    for (const cost of [5, 30, 90, 220, 270])
      expect(
        worstFrom(
          run(30, () => cost),
          15,
        ),
      ).toBeLessThan(12);
  });

  it('are so too where it takes now this, now that', () => {
    expect(
      worstFrom(
        run(60, (_, frame) => 80 + 200 * spread(frame)),
        15,
      ),
    ).toBeLessThan(40);
  });

  it('follow when it becomes slower, and when it becomes fast again', () => {
    const off = run(120, (second) => (second > 40 && second < 80 ? 250 : 30));
    expect(
      worstFrom(
        off.filter(({ at }) => at < 40_000),
        12,
      ),
    ).toBeLessThan(15);
    expect(
      worstFrom(
        off.filter(({ at }) => at < 80_000),
        60,
      ),
    ).toBeLessThan(15);
    expect(worstFrom(off, 90)).toBeLessThan(15);
  });

  it('without the correction would be when masking was done', () => {
    const aligner = new TimestampAligner();
    let offMs = 0;
    for (let at = 0; at < 30_000; at += 300) offMs = aligner.translate(at, at + 220) - at;
    expect(offMs).toBeCloseTo(220, 0);
  });
});
