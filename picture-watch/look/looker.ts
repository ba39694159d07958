import type { MaskPolicy, Party } from '@qinqiao/contracts';
import { compareWith } from '@qinqiao/domain/faces';
import type { DescribedFace, FaceService, FoundFace } from '@qinqiao/faces';
import type { Still } from '../decode/port.ts';
import type { Seen } from '../judge/judge.ts';
import type { OnCall } from '../people/on-call.ts';
import { followed, moved } from './changes.ts';
import { isUnmasked } from './mask.ts';
import type { FaceArea } from './person.ts';
import { around, type Grid, type Pixels } from './pixels.ts';

/** What is known beside the picture. */
export interface Circumstances {
  onCall: OnCall;
  masks: readonly MaskPolicy[];
  /** Least likeness of one person's two pictures, 0 to 1. */
  likeness: number;
  /** Something was seen that the next sample must tell more of. */
  suspicious: boolean;
}

/** Samples at most in which faces that were found before are followed instead of looked for. */
const MOST_CARRIED = 11;
/** Whoever is there is compared with the list this often, and when another may have taken his place. */
const COMPARE_EVERY_MS = 30_000;
/** A face that is smaller, in pixels, or turned further, in degrees, is not like itself. */
const LEAST_FACE = 60;
const MOST_TURNED = 20;

/** Looks at the samples of one party, one after the other. Throws what the face service throws. */
export class Looker {
  readonly #party: Party;
  readonly #faces: FaceService;
  #found: { grid: Grid; faces: FaceArea[]; carried: number } | null = null;
  #grid: Grid | null = null;
  #compared: { at: number; faces: FaceArea[] } | null = null;

  constructor(party: Party, faces: FaceService) {
    this.#party = party;
    this.#faces = faces;
  }

  async look(still: Still, at: number, circumstances: Circumstances): Promise<Seen> {
    const { grid } = still;
    const moves = this.#grid === null || moved(this.#grid, grid);
    this.#grid = grid;
    const faces = await this.#find(still, grid, circumstances.suspicious);
    const family = this.#party === 'family';
    return {
      at,
      people: faces.length,
      moves,
      strangers: family ? await this.#strangers(still, faces, at, circumstances) : null,
      unmasked: family ? null : isUnmasked(grid, faces, circumstances.masks),
    };
  }

  /** What can be told without a face service. */
  lookWithoutFaces({ grid }: Still, at: number, { masks }: Pick<Circumstances, 'masks'>): Seen {
    this.#found = null;
    const unmasked = this.#party === 'inmate' ? isUnmasked(grid, [], masks) : null;
    return { at, people: null, strangers: null, moves: true, unmasked };
  }

  async #find(still: Still, grid: Grid, suspicious: boolean): Promise<FaceArea[]> {
    const found = this.#found;
    const mayFollow = found && !suspicious && found.carried < MOST_CARRIED && found.faces.length > 0;
    const there = mayFollow ? followed(found.grid, found.faces, grid) : null;
    if (found && there) {
      this.#found = { grid, faces: there, carried: found.carried + 1 };
      return there;
    }
    const small = await still.small();
    const faces = (await this.#faces.detect(small, { background: true })).map((face) => areaOf(face, small));
    this.#found = { grid, faces, carried: 0 };
    return faces;
  }

  async #strangers(still: Still, faces: FaceArea[], at: number, { onCall, likeness, suspicious }: Circumstances): Promise<number | null> {
    if (faces.length === 0) {
      // Who comes back may be another.
      this.#compared = null;
      return null;
    }
    const last = this.#compared;
    const isDue = !last || suspicious || at - last.at >= COMPARE_EVERY_MS || !areSame(last.faces, faces);
    if (onCall.known.length === 0 || !isDue) return null;
    this.#compared = { at, faces };
    const whole = await still.whole();
    const most = onCall.allowed + 2;
    const likeNobody = (face: DescribedFace) => {
      const { best } = compareWith(face.vector, onCall.known, (one, other) => this.#faces.likeness(one, other));
      return best === null || best.likeness < likeness;
    };
    // Of those who were found, less than the whole picture tells as much, for less.
    const first = await this.#faces.describe(around(whole, faces), { most, background: true });
    if (first.length >= faces.length && !first.some(likeNobody)) return 0;
    // Dearer, and only asked for now: a face that is turned away is like nobody's.
    const unlike = (await this.#faces.describe(whole, { most, pose: true, background: true })).filter(likeNobody);
    if (unlike.length <= onCall.unknown) return 0;
    const strangers = unlike.filter(isClear).length - onCall.unknown;
    return strangers > 0 ? strangers : null;
  }
}

const isClear = ({ box, yaw, pitch }: DescribedFace) =>
  box.width >= LEAST_FACE && yaw !== null && pitch !== null && Math.abs(yaw) <= MOST_TURNED && Math.abs(pitch) <= MOST_TURNED;

const areaOf = ({ box, score }: FoundFace, { width, height }: Pixels): FaceArea => ({
  left: box.x / width,
  top: box.y / height,
  right: (box.x + box.width) / width,
  bottom: (box.y + box.height) / height,
  score,
});

/** As many faces, each near where one was. */
const areSame = (before: readonly FaceArea[], now: readonly FaceArea[]) =>
  before.length === now.length && now.every((face) => before.some((one) => isNear(one, face)));

function isNear(one: FaceArea, other: FaceArea): boolean {
  const width = one.right - one.left;
  const middle = (face: FaceArea) => ({ x: (face.left + face.right) / 2, y: (face.top + face.bottom) / 2 });
  return Math.hypot(middle(one).x - middle(other).x, middle(one).y - middle(other).y) < width * 1.5;
}
