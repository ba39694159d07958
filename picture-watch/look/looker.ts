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
/** Whoever is there is compared with the list at least this often, and when another may have taken his place. */
const COMPARE_EVERY_MS = 30_000;
/** After so long, whoever is looked for is compared as well: for less than by himself some seconds later. */
const COMPARE_ALONG_MS = 20_000;
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
    const isFamily = this.#party === 'family';
    const comparable = isFamily && circumstances.onCall.known.length > 0;
    // Who is compared is looked for as well: the one needs the other.
    const mustLook = circumstances.suspicious || (comparable && this.#isOlder(COMPARE_EVERY_MS, at));
    const { faces, isNew } = await this.#find(still, mustLook);
    const strangers = comparable ? await this.#strangers(still, { faces, isNew }, at, circumstances) : null;
    return { at, people: faces.length, moves, strangers, unmasked: isFamily ? null : isUnmasked(grid, faces, circumstances.masks) };
  }

  /** What can be told without a face service. */
  lookWithoutFaces({ grid }: Still, at: number, { masks }: Pick<Circumstances, 'masks'>): Seen {
    this.#found = null;
    const unmasked = this.#party === 'inmate' ? isUnmasked(grid, [], masks) : null;
    return { at, people: null, strangers: null, moves: true, unmasked };
  }

  /** `isNew`: they were looked for in this picture, not followed from the one before. */
  async #find(still: Still, mustLook: boolean): Promise<Found> {
    const found = this.#found;
    const mayFollow = found && !mustLook && found.carried < MOST_CARRIED && found.faces.length > 0;
    const there = mayFollow ? followed(found.grid, found.faces, still.grid) : null;
    if (found && there) {
      this.#found = { grid: still.grid, faces: there, carried: found.carried + 1 };
      return { faces: there, isNew: false };
    }
    const small = await still.small();
    const faces = (await this.#faces.detect(small, { background: true })).map((face) => areaOf(face, small));
    this.#found = { grid: still.grid, faces, carried: 0 };
    return { faces, isNew: true };
  }

  /** Whether they were compared so long ago, or never. */
  #isOlder(ms: number, at: number): boolean {
    return this.#compared === null || at - this.#compared.at >= ms;
  }

  async #strangers(still: Still, found: Found, at: number, { onCall, likeness, suspicious }: Circumstances): Promise<number | null> {
    const { faces, isNew } = found;
    if (faces.length === 0) {
      // Who comes back may be another.
      this.#compared = null;
      return null;
    }
    const isDue = suspicious || (isNew && this.#isOlder(COMPARE_ALONG_MS, at)) || !areSame(this.#compared?.faces ?? [], faces);
    if (!isDue) return null;
    this.#compared = { at, faces };
    const whole = await still.whole();
    const likeNobody = (face: DescribedFace) => {
      const { best } = compareWith(face.vector, onCall.known, (one, other) => this.#faces.likeness(one, other));
      return best === null || best.likeness < likeness;
    };
    const most = onCall.allowed + 2;
    const first = await this.#describe(whole, found, most);
    if (first.length >= Math.min(most, faces.length) && !first.some(likeNobody)) return 0;
    // Dearer, and only asked for now: a face that is turned away is like nobody's.
    const unlike = (await this.#faces.describe(whole, { most, pose: true, background: true })).filter(likeNobody);
    if (unlike.length <= onCall.unknown) return 0;
    const strangers = unlike.filter(isClear).length - onCall.unknown;
    return strangers > 0 ? strangers : null;
  }

  /** Of those who were found, less than the whole picture tells as much, for less. Where they were followed to is too vague to describe. */
  #describe(whole: Pixels, { faces, isNew }: Found, most: number): Promise<DescribedFace[]> {
    const { part, left, top } = around(whole, faces);
    const boxOf = (face: FaceArea) => ({
      x: face.left * whole.width - left,
      y: face.top * whole.height - top,
      width: (face.right - face.left) * whole.width,
      height: (face.bottom - face.top) * whole.height,
    });
    const at = isNew ? { at: faces.map((face) => ({ box: boxOf(face), score: face.score })) } : {};
    return this.#faces.describe(part, { most, background: true, ...at });
  }
}

interface Found {
  faces: FaceArea[];
  isNew: boolean;
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
