import type { Model, Tensor, Tf } from './models.ts';

export interface DetectedBox {
  box: { x: number; y: number; width: number; height: number };
  /** 0 to 1, in hundredths. */
  score: number;
}

/** Edge of the square that blazeface looks at. */
const EDGE = 256;
/** Its answers: so many for each place of 16 × 16 and of 8 × 8. */
const GRIDS = [
  { places: 16, each: 2 },
  { places: 8, each: 6 },
];
const VALUES = 16;

const LEAST_SCORE = 0.3;
/** Of two boxes that share more of what both cover, the better one counts. */
const MOST_SHARED = 0.1;
const MOST_FACES = 10;
/** A box is that of the features; with this around it, it is that of the face, which is what the other models were made for. */
const ENLARGED = 1.4;

interface Candidate {
  x: number;
  y: number;
  width: number;
  height: number;
  score: number;
}

/**
 * Finds faces: blazeface as the package `@vladmandic/human` carries it and reads its answers, without what that does for each picture beside
 * it, which took a third of the time.
 */
export class Detector {
  readonly #tf: Tf;
  readonly #model: Model;

  constructor(tf: Tf, model: Model) {
    this.#tf = tf;
    this.#model = model;
  }

  /** Faces in a square picture (`batch`: its colours, −1 to 1), in its pixels, the most certain first. */
  find(batch: Tensor): DetectedBox[] {
    const edge = batch.shape[1] ?? 0;
    const resized = this.#tf.image.resizeBilinear(batch, [EDGE, EDGE]);
    // The scores and the boxes of both grids, the smaller first.
    const answers = this.#model.execute(resized).toSorted((one, other) => one.size - other.size);
    try {
      const [fewScores, manyScores, fewBoxes, manyBoxes] = answers.map((answer) => answer.dataSync());
      if (!fewScores || !manyScores || !fewBoxes || !manyBoxes) throw new Error('blazeface gave no scores and boxes');
      const found = [...candidates(manyScores, manyBoxes, GRIDS[0]!), ...candidates(fewScores, fewBoxes, GRIDS[1]!)];
      return best(found).map((one) => whole(one, edge));
    } finally {
      this.#tf.dispose([resized, ...answers]);
    }
  }
}

function* candidates(scores: Float32Array, boxes: Float32Array, { places, each }: { places: number; each: number }): Generator<Candidate> {
  const step = EDGE / places;
  for (const [index, logit] of scores.entries()) {
    const score = 1 / (1 + Math.exp(-logit));
    if (score <= LEAST_SCORE) continue;
    const place = Math.floor(index / each);
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(index * VALUES, index * VALUES + 4);
    yield { x: x + ((place % places) + 0.5) * step, y: y + (Math.floor(place / places) + 0.5) * step, width, height, score };
  }
}

/** The most certain of those that lie on one another. */
function best(all: Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of all.toSorted((before, after) => after.score - before.score)) {
    if (kept.length < MOST_FACES && kept.every((other) => shared(one, other) < MOST_SHARED)) kept.push(one);
  }
  return kept;
}

function shared(one: Candidate, other: Candidate): number {
  const side = (middle: 'x' | 'y', length: 'width' | 'height') =>
    Math.min(one[middle] + one[length] / 2, other[middle] + other[length] / 2) -
    Math.max(one[middle] - one[length] / 2, other[middle] - other[length] / 2);
  const both = Math.max(0, side('x', 'width')) * Math.max(0, side('y', 'height'));
  return both / (one.width * one.height + other.width * other.height - both);
}

/** The face's square in whole pixels of the picture, as far as it lies in it. */
function whole({ x, y, width, height, score }: Candidate, edge: number): DetectedBox {
  const scale = edge / EDGE;
  const half = (Math.max(width, height) * scale * ENLARGED) / 2;
  const [left, top] = [Math.max(0, Math.round(x * scale - half)), Math.max(0, Math.round(y * scale - half))];
  const [right, bottom] = [Math.min(edge, Math.round(x * scale + half)), Math.min(edge, Math.round(y * scale + half))];
  return { box: { x: left, y: top, width: right - left, height: bottom - top }, score: Math.round(100 * score) / 100 };
}
