import { clip, type Pixels } from '../picture/decode.ts';
import type { DescribedFace, FoundFace } from '../port.ts';
import type { Models, Tensor } from './models.ts';

/** Blazeface finds, face-api's landmarks align and its recognition net describes. Another combination is another name. */
export const MODEL = 'blazeface+face-api-128/1.7.15';

/** A face smaller than this, in pixels, has nothing to describe. */
const LEAST_FACE = 20;
/** What scored less on our pictures was a shoulder or a blur, not a face. */
const LEAST_SCORE = 0.5;
const DEGREES = 180 / Math.PI;
const GREY = 128;
/** Values of bytes as the models take them. */
const FROM_ZERO = Float32Array.from({ length: 256 }, (_, value) => value);
const FROM_MINUS_ONE = FROM_ZERO.map((value) => value / 127.5 - 1);

export interface Wish {
  pose: boolean;
  /** How many to describe; 0: find them only. */
  most: number;
  /** The faces, when they are known already; in pixels of the original. */
  at?: readonly Pick<FoundFace, 'box' | 'score'>[];
}

type Box = FoundFace['box'];
export type SeenFace = FoundFace & { values: Float32Array | null };

/** Runs the models on one picture after the other; two at once would mix up their tensors. */
export class Engine {
  readonly #models: Models;
  #values = new Float32Array();

  constructor(models: Models) {
    this.#models = models;
  }

  /** How many tensors are alive: the same after every picture. */
  get tensors(): number {
    return this.#models.tf.memory().numTensors;
  }

  /** The faces, the largest first, in pixels of the original. */
  async see(pixels: Pixels, { pose, most, at: known }: Wish): Promise<SeenFace[]> {
    const { tf } = this.#models;
    const { width, height, scale } = pixels;
    const boxes = known ? known.map(({ box, score }) => ({ box: scaled(box, 1 / scale), score })).sort(bySize) : this.#boxes(pixels);
    const poses = pose && boxes.length > 0 ? await this.#poses(pixels) : [];
    let picture: Tensor | null = null;
    try {
      const seen: SeenFace[] = [];
      if (most > 0 && boxes.length > 0) picture = tf.tensor3d(new Int32Array(pixels.rgb), [height, width, 3], 'int32');
      for (const [at, { box, score }] of boxes.entries()) {
        const values = picture && at < most ? await this.#describe(picture, box) : null;
        seen.push({ box: scaled(box, scale), score, ...poseIn(poses, box), values });
      }
      return seen;
    } finally {
      if (picture) tf.dispose(picture);
    }
  }

  /** With grey at its right or below: the detector squeezes what is not square, and then its boxes do not fit and the vectors are worse. */
  #squared({ rgb, width, height }: Pixels, range: Float32Array): Tensor {
    const edge = Math.max(width, height);
    const values = this.#canvas(edge * edge * 3).fill(range[GREY]!);
    for (let y = 0, from = 0; y < height; y += 1) {
      const end = (y * edge + width) * 3;
      for (let to = y * edge * 3; to < end; to += 1, from += 1) values[to] = range[rgb[from]!]!;
    }
    return this.#models.tf.tensor4d(values, [1, edge, edge, 3], 'float32');
  }

  /** The same memory for every picture of a size: the backend copies what it is given. */
  #canvas(length: number): Float32Array {
    if (this.#values.length !== length) this.#values = new Float32Array(length);
    return this.#values;
  }

  #boxes(pixels: Pixels): { box: Box; score: number }[] {
    const { tf, detector } = this.#models;
    const batch = this.#squared(pixels, FROM_MINUS_ONE);
    try {
      return detector
        .find(batch)
        .filter(({ box, score }) => score >= LEAST_SCORE && Math.min(box.width, box.height) >= LEAST_FACE)
        .sort(bySize);
    } finally {
      tf.dispose(batch);
    }
  }

  async #poses(pixels: Pixels): Promise<{ x: number; y: number; yaw: number; pitch: number }[]> {
    const { tf, human } = this.#models;
    const batch = this.#squared(pixels, FROM_ZERO);
    const { face, error } = await human.detect(batch, {}).finally(() => tf.dispose(batch));
    if (error) throw new Error(`The mesh failed: ${error}`);
    return face.flatMap(({ box: [x, y, width, height], rotation }) =>
      rotation === null
        ? []
        : // human counts a turn to the picture's left positive.
          [{ x: x + width / 2, y: y + height / 2, yaw: -rotation.angle.yaw * DEGREES, pitch: rotation.angle.pitch * DEGREES }],
    );
  }

  async #describe(picture: Tensor, box: Box): Promise<Float32Array> {
    const { faceLandmark68Net, faceRecognitionNet } = this.#models.faceApi.nets;
    const [height = 0, width = 0] = picture.shape;
    const part = clip(box, width, height);
    const landmarks = await this.#on(picture, part, (face) => faceLandmark68Net.detectLandmarks(face));
    const aligned = clip(landmarks.shiftBy(part.x, part.y).align(), width, height);
    return this.#on(picture, aligned, (face) => faceRecognitionNet.computeFaceDescriptor(face));
  }

  async #on<Result>(picture: Tensor, part: Box, work: (face: Tensor) => Promise<Result>): Promise<Result> {
    const { tf } = this.#models;
    const face = tf.slice(picture, [part.y, part.x, 0], [part.height, part.width, 3]);
    try {
      return await work(face);
    } finally {
      tf.dispose(face);
    }
  }
}

/** Makes the faces of the port of what the engine saw; those without a vector were not asked for. */
export const described = (faces: SeenFace[]): DescribedFace[] =>
  faces.flatMap(({ values, ...face }) => (values === null ? [] : [{ ...face, vector: { model: MODEL, values } }]));

/** The largest first. */
const bySize = (one: { box: Box }, other: { box: Box }) => other.box.width * other.box.height - one.box.width * one.box.height;

const scaled = ({ x, y, width, height }: Box, by: number): Box => ({ x: x * by, y: y * by, width: width * by, height: height * by });

/** The pose whose middle lies in the box, the nearest to the box's own. */
function poseIn(poses: { x: number; y: number; yaw: number; pitch: number }[], box: Box): { yaw: number | null; pitch: number | null } {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const near = poses
    .filter(({ x, y }) => Math.abs(x - middle.x) < box.width / 2 && Math.abs(y - middle.y) < box.height / 2)
    .sort((one, other) => Math.hypot(one.x - middle.x, one.y - middle.y) - Math.hypot(other.x - middle.x, other.y - middle.y));
  return { yaw: near[0]?.yaw ?? null, pitch: near[0]?.pitch ?? null };
}
