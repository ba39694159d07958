import type { MaskFault } from '@qinqiao/contracts';

/** How much of the picture a mask lets through, in shares of the picture (0…1). */
export interface Coverage {
  /** What is shown of the person. */
  person: number;
  /** Of the left and of the right upper corner. */
  corners: readonly [number, number];
}

/** Below this nobody sits there; above it no person does, but a mask that covers nothing. */
const LEAST = 0.015;
const MOST = 0.82;
/** A person's shoulders do not fill the upper corners; a wall does. */
const CORNER_MOST = 0.6;
/** From one mask to the next (some 40 to 300 ms) nobody grows by this share of the picture. */
const JUMP_MOST = 0.3;

/** Why a mask like this is not believed; null when it is. */
export function judgeCoverage(coverage: Coverage, before: Coverage | null): MaskFault | null {
  const { person, corners } = coverage;
  if (!Number.isFinite(person)) return 'implausible';
  if (person < LEAST) return 'nobody';
  if (person > MOST || corners.every((corner) => corner > CORNER_MOST)) return 'implausible';
  return before && person - before.person > JUMP_MOST ? 'implausible' : null;
}
