import { describe, expect, it } from 'vitest';
import { loudness, type Peaks, silences } from './peaks.ts';

/** A voice of so many samples a second, loud where `spoken` says (seconds from its beginning). */
function voice(participant: string, seconds: number, spoken: (second: number) => boolean, fromMs = 0): Peaks {
  const perSecond = 20;
  const pairs = Array.from({ length: seconds * perSecond }, (_, index) => (spoken(index / perSecond) ? [-90, 60] : [-2, 3])).flat();
  return { version: 1, participant, fromMs, perSecond, peaks: btoa(String.fromCharCode(...new Uint8Array(Int8Array.from(pairs).buffer))) };
}

describe('silences', () => {
  it('are where no voice is, without the edges and without pauses of speech', () => {
    const inmate = voice('inmate', 60, (second) => second < 5 || (second >= 6 && second < 10) || second >= 50);
    const family = voice('family', 30, (second) => second >= 10 && second < 12, 10_000);
    // 5–6 s is a pause; the family speaks from 20 to 22 s.
    expect(silences([inmate, family], { fromMs: 0, toMs: 60_000 })).toEqual([
      { fromMs: 10_400, toMs: 19_600 },
      { fromMs: 22_400, toMs: 49_600 },
    ]);
  });

  it('lie within the conversation, and are not known without waveforms', () => {
    const silent = voice('inmate', 30, () => false, 5000);
    expect(silences([silent], { fromMs: 10_000, toMs: 20_000 })).toEqual([{ fromMs: 10_400, toMs: 19_600 }]);
    expect(silences([], { fromMs: 0, toMs: 60_000 })).toEqual([]);
  });

  it('the loudest of each pair counts, whichever its sign', () => {
    const bytes = Int8Array.from([-128, 5, -3, 127]);
    expect([...loudness({ peaks: btoa(String.fromCharCode(...new Uint8Array(bytes.buffer))) })]).toEqual([128, 127]);
  });
});
