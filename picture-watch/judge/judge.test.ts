import { describe, expect, it } from 'vitest';
import { CLEAN_SAMPLES, type Finding, judge, newJudge, PATIENCE_WITH_MOVEMENT, type Rules, type Seen } from './judge.ts';

const EVERY_MS = 2000;
const FAMILY: Rules = { party: 'family', allowed: 1, hits: 2, nobodyMs: 12_000 };
const INMATE: Rules = { ...FAMILY, party: 'inmate' };
type Sample = Partial<Omit<Seen, 'at'>>;

/** Samples every two seconds. Answers what was found, with the number of the sample. */
function watch(samples: readonly Sample[], rules: Rules, state = newJudge()): (Finding & { sample: number })[] {
  return samples.flatMap((sample, index) => {
    const seen = { people: 1, strangers: null, unmasked: null, moves: true, ...sample, at: index * EVERY_MS };
    const judged = judge(state, seen, rules);
    state = judged.state;
    return judged.findings.map((finding) => ({ ...finding, sample: index }));
  });
}
const times = (count: number, sample: Sample) => Array.from({ length: count }, () => sample);

describe('a person alone', () => {
  it('who moves about and turns away for a while is warned of nothing in 30 minutes', () => {
    let seed = 20261121;
    const random = () => {
      seed = (seed * 1664525 + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const samples: Sample[] = [];
    while (samples.length < 900) {
      const sort = random();
      if (sort < 0.1) samples.push(...times(1 + Math.floor(random() * 14), { people: 0, moves: true }), {});
      else if (sort < 0.15) samples.push({ people: 2 });
      else if (sort < 0.2) samples.push({ strangers: 1 });
      else samples.push({ strangers: 0 }, {});
    }
    const glimpses = samples.filter(({ people, strangers }) => people === 2 || strangers === 1).length;
    expect(glimpses).toBeGreaterThan(30);
    // Never twice in a row: that is what makes a warning.
    const spaced = samples.flatMap((sample) => (sample.people === 2 || sample.strangers ? [sample, { strangers: 0 }] : [sample]));
    expect(watch(spaced, FAMILY)).toEqual([]);
  });

  it('is missed when nothing moves for as long as the rule says, and only once', () => {
    const found = watch([{}, ...times(30, { people: 0, moves: false })], FAMILY);
    expect(found).toEqual([{ kind: 'nobody', since: EVERY_MS, sample: 7 }]);
  });

  it('who has turned away and moves is waited for longer', () => {
    const [found] = watch(times(60, { people: 0, moves: true }), FAMILY);
    expect((found?.sample ?? 0) * EVERY_MS).toBe(FAMILY.nobodyMs * PATIENCE_WITH_MOVEMENT);
  });
});

describe('a second person', () => {
  it('is warned of at the second sample that shows him', () => {
    expect(watch([{}, {}, { people: 2 }, { people: 2 }, { people: 2 }], FAMILY)).toEqual([
      { kind: 'several_people', since: 2 * EVERY_MS, sample: 3 },
    ]);
    expect(watch([{}, { people: 2 }, { people: 2 }], INMATE)).toMatchObject([{ kind: 'several_people', sample: 2 }]);
  });

  it('who was approved is none too many, a third is', () => {
    const accompanied = { ...FAMILY, allowed: 2 };
    expect(watch(times(20, { people: 2 }), accompanied)).toEqual([]);
    expect(watch(times(3, { people: 3 }), accompanied)).toMatchObject([{ kind: 'several_people' }]);
  });

  it('is warned of again only after he was gone for some samples', () => {
    const inAndOut = [...times(4, { people: 2 }), ...times(CLEAN_SAMPLES - 1, {}), ...times(4, { people: 2 })];
    expect(watch(inAndOut, FAMILY)).toHaveLength(1);
    expect(watch([...times(4, { people: 2 }), ...times(CLEAN_SAMPLES, {}), ...times(4, { people: 2 })], FAMILY)).toHaveLength(2);
  });
});

describe('after a restart', () => {
  it('what was warned of before is not warned of again while it goes on', () => {
    const before = newJudge(['several_people']);
    expect(watch(times(10, { people: 2 }), FAMILY, before)).toEqual([]);
    expect(watch([...times(CLEAN_SAMPLES, {}), ...times(2, { people: 2 })], FAMILY, before)).toHaveLength(1);
    expect(watch(times(10, { people: 2 }), FAMILY, newJudge(['stranger']))).toHaveLength(1);
  });
});

describe('who is seen', () => {
  it('is a stranger when compared twice in a row, with samples between in which nobody was compared', () => {
    const found = watch([{ strangers: 1 }, {}, {}, { strangers: 1 }], FAMILY);
    expect(found).toEqual([{ kind: 'stranger', since: 0, sample: 3 }]);
    expect(watch([{ strangers: 1 }, { strangers: 0 }, { strangers: 1 }], FAMILY)).toEqual([]);
  });
});

describe('the inmate’s background', () => {
  it('is warned of when it is not the mask, never while that cannot be told, as in a black picture', () => {
    expect(watch([{ unmasked: true }, { unmasked: true }], INMATE)).toMatchObject([{ kind: 'unmasked', since: 0, sample: 1 }]);
    expect(watch(times(100, { people: 0, unmasked: null }), INMATE)).toEqual([]);
    expect(watch([{ unmasked: true }, { unmasked: false }, { unmasked: true }], INMATE)).toEqual([]);
  });

  it('concerns the inmate only; nobody in the picture concerns the family only', () => {
    expect(watch(times(50, { unmasked: true }), FAMILY)).toEqual([]);
    expect(watch(times(50, { people: 0, moves: false }), INMATE)).toEqual([]);
  });
});

describe('a higher number of hits', () => {
  it('waits for so many', () => {
    expect(watch(times(6, { people: 2 }), { ...FAMILY, hits: 4 })).toMatchObject([{ sample: 3 }]);
  });
});
