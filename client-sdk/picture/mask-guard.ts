import type { MaskFault, MaskReport } from '@qinqiao/contracts';
import { type Coverage, judgeCoverage } from './coverage.ts';

/** A mask that takes longer comes too late. */
export const MASK_LIMIT_MS = 400;
/** No mask at all for so long, whatever was asked: the camera stands still. */
const SILENCE_MS = 2000;
/** A count of faces is good for so long; it is asked for every half second. */
const FACES_LIMIT_MS = 2500;
/** Plausible masks in a row before anything is shown. */
const MASKS_NEEDED = 2;
/** Counts of exactly one person in a row before anything is shown again after there were several. */
const ALONE_NEEDED = 4;
/** Counts in a row without a face before the picture counts as empty: heads are bowed and turned. */
const FACELESS_ALLOWED = 20;

/** What the decision between the masked picture and black is made from. Instants are milliseconds of one clock. */
export interface Guard {
  hidden: boolean;
  /** Why masks cannot be relied on, and why the faces forbid to show anything. */
  maskFault: MaskFault | null;
  faceFault: MaskFault | null;
  /** The mask that is being waited for; any other that comes is late and counts for nothing. */
  awaited: { job: number; since: number } | null;
  coverage: Coverage | null;
  goodMasks: number;
  maskAt: number;
  /** Counts in a row: of exactly one person, and of none. */
  alone: number;
  aloneNeeded: number;
  faceless: number;
  facesAt: number | null;
}

export type GuardEvent = { at: number } & (
  | { type: 'asked'; job: number }
  | { type: 'mask'; job: number; coverage: Coverage }
  | { type: 'faces'; people: number }
  | { type: 'failed' }
  | { type: 'camera' }
  | { type: 'visible'; visible: boolean }
  | { type: 'tick' }
);

export const startingGuard = (at: number): Guard => ({
  hidden: false,
  maskFault: null,
  faceFault: null,
  awaited: null,
  coverage: null,
  goodMasks: 0,
  maskAt: at,
  alone: 0,
  aloneNeeded: 1,
  faceless: 0,
  facesAt: null,
});

/** Whether the masked picture may be shown; if not, it is black. */
export const shows = (guard: Guard): boolean =>
  !guard.hidden &&
  guard.maskFault === null &&
  guard.faceFault === null &&
  guard.goodMasks >= MASKS_NEEDED &&
  guard.alone + guard.faceless >= 1 &&
  guard.aloneNeeded === 0;

export function faultOf({ hidden, faceFault, maskFault }: Guard): MaskFault | null {
  return hidden ? 'hidden' : (faceFault ?? maskFault);
}

export const stateOf = (guard: Guard): MaskReport['state'] => (shows(guard) ? 'masked' : faultOf(guard) ? 'black' : 'starting');

type Change<Type extends GuardEvent['type']> = (guard: Guard, event: Extract<GuardEvent, { type: Type }>) => Guard;
const CHANGES: { [Type in GuardEvent['type']]: Change<Type> } = {
  asked: (guard, { job, at }) => ({ ...guard, awaited: { job, since: at } }),
  mask: (guard, { job, coverage, at }) => (guard.awaited?.job === job ? withMask(guard, coverage, at) : guard),
  faces: (guard, { people, at }) => withFaces(guard, people, at),
  failed: (guard) => distrust(guard, 'failed'),
  camera: (guard, { at }) => ({ ...distrust(guard, untouched(guard) ? null : 'camera_changed'), ...noFaces(guard), maskAt: at }),
  visible: (guard, { visible, at }) =>
    visible ? { ...guard, hidden: false, maskAt: at } : { ...distrust(guard, guard.maskFault), hidden: true },
  tick: (guard, { at }) => withTime(guard, at),
};

/** The guard after an event. Whatever is not known to be well is black. */
export function guarded(guard: Guard, event: GuardEvent): Guard {
  const change = CHANGES[event.type] as Change<GuardEvent['type']>;
  return change(guard, event);
}

/** Nothing that is under way counts any more, and masks have to prove themselves anew. */
const distrust = (guard: Guard, maskFault: MaskFault | null): Guard => ({
  ...guard,
  maskFault,
  awaited: null,
  coverage: null,
  goodMasks: 0,
});

/** The first camera takes no other's place. */
const untouched = ({ coverage, facesAt, awaited, maskFault, faceFault }: Guard): boolean =>
  coverage === null && facesAt === null && awaited === null && maskFault === null && faceFault === null;

/** What was counted before is not known any more; that there were several is not forgiven by that. */
const noFaces = ({ aloneNeeded }: Guard): Partial<Guard> => ({
  alone: 0,
  faceless: 0,
  facesAt: null,
  aloneNeeded: Math.max(1, aloneNeeded),
});

function withMask(guard: Guard, coverage: Coverage, at: number): Guard {
  const fault = judgeCoverage(coverage, guard.coverage);
  if (fault) return { ...distrust(guard, fault), maskAt: at };
  const goodMasks = guard.goodMasks + 1;
  const maskFault = goodMasks >= MASKS_NEEDED ? null : guard.maskFault;
  return { ...guard, awaited: null, coverage, goodMasks, maskFault, maskAt: at };
}

function withFaces(guard: Guard, people: number, at: number): Guard {
  const seen = { ...guard, facesAt: at };
  if (people > 1) return { ...seen, faceFault: 'several_people', alone: 0, faceless: 0, aloneNeeded: ALONE_NEEDED };
  if (people === 0) return faceless(seen);
  const alone = guard.alone + 1;
  const enough = alone >= guard.aloneNeeded;
  return { ...seen, alone, faceless: 0, ...(enough ? { aloneNeeded: 0, faceFault: null } : {}) };
}

function faceless(guard: Guard): Guard {
  const count = guard.faceless + 1;
  if (count < FACELESS_ALLOWED) return { ...guard, alone: 0, faceless: count };
  return { ...guard, alone: 0, faceless: count, faceFault: guard.faceFault ?? 'nobody', aloneNeeded: Math.max(1, guard.aloneNeeded) };
}

function withTime(guard: Guard, at: number): Guard {
  const { awaited, facesAt } = guard;
  if (facesAt !== null && at - facesAt >= FACES_LIMIT_MS) return { ...guard, ...noFaces(guard), faceFault: guard.faceFault ?? 'late' };
  if (awaited && at - awaited.since >= MASK_LIMIT_MS) return distrust(guard, 'late');
  return shows(guard) && at - guard.maskAt >= SILENCE_MS ? distrust(guard, 'late') : guard;
}
