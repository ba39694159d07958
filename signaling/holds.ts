import type { MediaKind, Party, Role } from '@qinqiao/contracts';

interface Shown {
  kind: MediaKind;
  owner: { role: Role };
}

/** What is kept from the parties at the moment. Officers go on seeing and hearing both, and may be seen and heard. */
export class Holds {
  /** The call is held: nothing of either party reaches the other. */
  all = false;
  /** Whose pictures do not reach the other party. */
  picturesOf: readonly Party[] = [];

  /** Whether a hold can concern what this viewer receives of this track at all. */
  static mayStop(viewer: { role: Role }, track: Shown): boolean {
    return viewer.role !== 'officer' && track.owner.role !== 'officer';
  }

  stop(viewer: { role: Role }, track: Shown): boolean {
    if (!Holds.mayStop(viewer, track)) return false;
    return this.all || (track.kind === 'video' && this.picturesOf.some((party) => party === track.owner.role));
  }
}
