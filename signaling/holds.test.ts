import { describe, expect, it } from 'vitest';
import { Holds } from './holds.ts';

const [inmate, family, officer] = [{ role: 'inmate' }, { role: 'family' }, { role: 'officer' }] as const;
const picture = (owner: typeof inmate | typeof family | typeof officer) => ({ kind: 'video', owner }) as const;
const sound = (owner: typeof inmate | typeof family) => ({ kind: 'audio', owner }) as const;

describe('what a hold keeps from whom', () => {
  it('a party’s picture from the other party only; its sound goes on', () => {
    const holds = new Holds();
    holds.picturesOf = ['inmate'];
    expect(holds.stop(family, picture(inmate))).toBe(true);
    expect(holds.stop(family, sound(inmate))).toBe(false);
    expect(holds.stop(inmate, picture(family))).toBe(false);
    expect(holds.stop(officer, picture(inmate))).toBe(false);
  });

  it('the call on hold keeps all of both, and its end does not let go of a held picture', () => {
    const holds = new Holds();
    holds.picturesOf = ['inmate'];
    holds.all = true;
    expect([picture(inmate), sound(inmate)].map((track) => holds.stop(family, track))).toEqual([true, true]);
    expect(holds.stop(inmate, picture(officer))).toBe(false);
    holds.all = false;
    expect(holds.stop(family, picture(inmate))).toBe(true);
    expect(holds.stop(family, sound(inmate))).toBe(false);
  });
});
