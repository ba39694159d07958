import { randomInt } from 'node:crypto';
import { FACE_PROBLEMS, type FaceCheckReason, type FaceProblem, type HeadPose, type Localised } from '@qinqiao/contracts';
import type { Vector } from '../faces/index.ts';
import type { LiveFaces } from './port.ts';

/** A head counts as turned from this many degrees on; a flat picture that is swung about stays below it. */
export const TURNED_DEGREES = 12;
/** A turned head is less like the frontal face than another frontal picture would be. */
export const TURNED_LIKENESS = 0.5;

const TURNS: readonly (readonly HeadPose[])[] = [['left', 'right'], ['right', 'left'], ['left'], ['right']];

/** What is asked for: the face from the front, then one or two turns by chance, so that a picture or an older recording seldom fits. */
export const chooseSteps = (): HeadPose[] => ['centre', ...(TURNS[randomInt(TURNS.length)] ?? [])];

/** What became of one picture: taken for its step, to be taken again, or the end of the check. */
export type Judged =
  | { kind: 'taken'; vector: Vector }
  | { kind: 'again'; problem: Localised }
  | { kind: 'failed'; reason: FaceCheckReason };

const again = (problem: FaceProblem): Judged => ({ kind: 'again', problem: FACE_PROBLEMS[problem] });
const TURN: Record<'left' | 'right', Localised> = {
  left: { zh: '请慢慢向左转头', en: 'Turn your head slowly to your left' },
  right: { zh: '请慢慢向右转头', en: 'Turn your head slowly to your right' },
};
const TOO_FAR: Localised = { zh: '转得太多了，请转回来一点', en: 'That is too far; turn back a little' };

/** Judges one picture. `front`: the accepted frontal picture, once there is one. Throws when the service cannot answer. */
export async function judgePicture(faces: LiveFaces, picture: Uint8Array, pose: HeadPose, front: Uint8Array | null): Promise<Judged> {
  if (pose === 'centre' || !front) {
    const examined = await faces.examine({ encoded: picture });
    return examined.ok ? { kind: 'taken', vector: examined.face.vector } : again(examined.problem);
  }
  const found = await faces.describe({ encoded: picture }, { pose: true, most: 2 });
  const [face] = found;
  if (!face) return again('no_face');
  if (found.length > 1) return again('several_faces');
  if (face.yaw === null) return { kind: 'again', problem: TOO_FAR };
  if ((pose === 'left' ? face.yaw : -face.yaw) < TURNED_DEGREES) return { kind: 'again', problem: TURN[pose] };
  const before = await faces.examine({ encoded: front });
  const same = before.ok && faces.likeness(before.face.vector, face.vector) >= TURNED_LIKENESS;
  return same ? { kind: 'taken', vector: face.vector } : { kind: 'failed', reason: 'changed_person' };
}

export interface Outcome {
  state: 'passed' | 'failed' | 'waiting';
  reason: FaceCheckReason | null;
}

/** How a check ends. `failures`: earlier ones in a row; `most`: from how many on an officer decides. Likeness and threshold in hundredths. */
export function outcomeOf(
  found: { likeness: number | null; threshold: number } | { failed: FaceCheckReason },
  { failures, most }: { failures: number; most: number },
): Outcome {
  const fail = (reason: FaceCheckReason): Outcome => ({ state: failures + 1 >= most ? 'waiting' : 'failed', reason });
  if ('failed' in found) return fail(found.failed);
  // Nobody is let in unseen: whoever has no picture yet is looked at by an officer.
  if (found.likeness === null) return { state: 'waiting', reason: 'not_enrolled' };
  return found.likeness >= found.threshold ? { state: 'passed', reason: null } : fail('not_matched');
}
