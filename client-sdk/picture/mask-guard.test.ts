import { describe, expect, it } from 'vitest';
import type { Coverage } from './coverage.ts';
import { faultOf, type Guard, guarded, type GuardEvent, shows, startingGuard, stateOf } from './mask-guard.ts';

const PERSON: Coverage = { person: 0.3, corners: [0, 0] };
type Untimed = GuardEvent extends infer Each ? (Each extends GuardEvent ? Omit<Each, 'at'> : never) : never;

/** A guard, its clock and its masks. */
class Play {
  guard: Guard = startingGuard(0);
  at = 0;
  job = 0;

  hear(event: Untimed): this {
    this.guard = guarded(this.guard, { ...event, at: this.at });
    return this;
  }
  after(ms: number): this {
    this.at += ms;
    return this.hear({ type: 'tick' });
  }
  mask(coverage: Coverage = PERSON): this {
    return this.hear({ type: 'asked', job: ++this.job })
      .after(80)
      .hear({ type: 'mask', job: this.job, coverage });
  }
  faces(people: number): this {
    return this.hear({ type: 'faces', people });
  }
  /** `ms` of a call in which all is well. */
  well(ms: number): this {
    for (let left = ms; left > 0; left -= 80) {
      if (left % 480 === 0) this.faces(1);
      this.mask();
    }
    return this;
  }
  get says(): string {
    return [stateOf(this.guard), faultOf(this.guard)].filter(Boolean).join(' ');
  }
}
const masked = () => new Play().faces(1).mask().mask();

describe('before anything is shown', () => {
  it('nothing is, until two masks in a row were plausible and exactly one person was counted', () => {
    const play = new Play();
    expect(play.says).toBe('starting');
    expect(play.mask().mask().mask().says).toBe('starting');
    expect(play.faces(0).says).toBe('starting');
    expect(play.faces(1).says).toBe('masked');
    expect(new Play().faces(1).mask().says).toBe('starting');
  });

  it('the first camera is no change of cameras', () => {
    const play = new Play().hear({ type: 'camera' });
    expect(play.says).toBe('starting');
    expect(play.mask().mask().faces(1).says).toBe('masked');
    expect(new Play().mask().hear({ type: 'camera' }).says).toBe('black camera_changed');
  });

  it('two people from the start are never shown', () => {
    expect(new Play().mask().mask().faces(2).mask().mask().says).toBe('black several_people');
  });
});

describe('goes black', () => {
  it.each([
    ['after an exception', (play: Play) => play.hear({ type: 'failed' }), 'failed'],
    ['with a mask that lets all through', (play: Play) => play.mask({ person: 1, corners: [1, 1] }), 'implausible'],
    ['with a mask that lets the wall through', (play: Play) => play.mask({ person: 0.5, corners: [0.9, 0.9] }), 'implausible'],
    ['with a mask that grows at one stroke', (play: Play) => play.mask({ person: 0.65, corners: [0, 0] }), 'implausible'],
    ['with a mask that is no number', (play: Play) => play.mask({ person: Number.NaN, corners: [0, 0] }), 'implausible'],
    ['with nobody in the mask', (play: Play) => play.mask({ person: 0, corners: [0, 0] }), 'nobody'],
    ['with a second face', (play: Play) => play.faces(2), 'several_people'],
    ['when the camera changes', (play: Play) => play.hear({ type: 'camera' }), 'camera_changed'],
    ['when the page is hidden', (play: Play) => play.hear({ type: 'visible', visible: false }), 'hidden'],
    ['without a mask in 400 ms', (play: Play) => play.hear({ type: 'asked', job: 99 }).after(400), 'late'],
    ['without any frame from the camera', (play: Play) => play.after(2000), 'late'],
  ])('%s', (_, happens, fault) => {
    const play = masked();
    expect(shows(play.guard)).toBe(true);
    expect(happens(play).says).toBe(`black ${fault}`);
  });

  it('not after 399 ms', () => {
    expect(masked().hear({ type: 'asked', job: 99 }).after(399).says).toBe('masked');
  });

  it('when faces are not counted any more, though the masks go on', () => {
    const play = masked();
    for (let i = 0; i < 40; i++) play.mask();
    expect(play.says).toBe('black late');
    expect(play.faces(1).says).toBe('masked');
  });

  it('when no face is seen for long; a bowed head is no reason', () => {
    const play = masked();
    for (let i = 0; i < 19; i++) play.faces(0).mask();
    expect(play.says).toBe('masked');
    expect(play.faces(0).says).toBe('black nobody');
    expect(play.faces(1).says).toBe('masked');
  });
});

describe('comes back', () => {
  it('after a fault only with two plausible masks', () => {
    const play = masked().hear({ type: 'failed' });
    expect(play.mask().says).toBe('black failed');
    expect(play.mask().says).toBe('masked');
  });

  it('after several people only with four clean counts in a row', () => {
    const play = masked().faces(2).well(160);
    expect(play.faces(1).faces(1).faces(1).says).toBe('black several_people');
    expect(play.faces(2).faces(1).faces(1).faces(0).faces(1).says).toBe('black several_people');
    expect(play.faces(1).faces(1).faces(1).says).toBe('masked');
  });

  it('a change of the camera does not forgive a second person', () => {
    const play = masked().faces(2).hear({ type: 'camera' }).well(160);
    expect(play.faces(1).says).toBe('black several_people');
  });

  it('after a change of the camera only when the new one shows one person', () => {
    const play = masked().hear({ type: 'camera' }).mask().mask().mask();
    expect(shows(play.guard)).toBe(false);
    expect(play.faces(1).says).toBe('masked');
  });

  it('after the page was hidden', () => {
    const play = masked().hear({ type: 'visible', visible: false }).mask().mask().faces(1);
    expect(play.says).toBe('black hidden');
    expect(play.hear({ type: 'visible', visible: true }).mask().says).toBe('masked');
  });
});

describe('a mask that comes late', () => {
  it('counts for nothing, even with the next one already under way', () => {
    const play = masked().hear({ type: 'asked', job: 50 }).after(400).hear({ type: 'asked', job: 51 });
    const before = play.guard;
    expect(play.hear({ type: 'mask', job: 50, coverage: PERSON }).guard).toBe(before);
  });

  it.each([{ type: 'camera' }, { type: 'failed' }, { type: 'visible', visible: false }] as const)('is dropped after %j', (event) => {
    const play = masked().hear({ type: 'asked', job: 50 }).hear(event);
    const before = play.guard;
    expect(play.hear({ type: 'mask', job: 50, coverage: PERSON }).guard).toBe(before);
  });
});
