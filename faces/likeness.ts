import { QinqiaoError } from '@qinqiao/contracts';
import type { FaceVector } from './port.ts';

/**
 * How a model's numbers are compared. `match`: the distance (euclidean) or cosine at which two faces are usually taken for one person's;
 * it is what the parameter `face.likeness` calls 60 %.
 */
export interface Metric {
  kind: 'euclidean' | 'cosine';
  match: number;
}

/** What the default of `face.likeness` stands for. */
const AT_MATCH = 0.6;

/**
 * Likeness of two vectors, 0 to 1. Euclidean: 1 at distance 0, 60 % at `match`, falling on straight to 0; with the default model, whose
 * `match` is 0.50, one per cent is a distance of 0.0125. Cosine: straight from 0 at −1 to 60 % at `match`, and from there to 1 at 1.
 * Throws `face_model_differs` when the models or the lengths differ.
 */
export function likenessOf(one: FaceVector, other: FaceVector, metric: Metric): number {
  if (one.model !== other.model || one.values.length !== other.values.length) throw new QinqiaoError('face_model_differs');
  if (metric.kind === 'euclidean') return within(1 - ((1 - AT_MATCH) * euclidean(one.values, other.values)) / metric.match);
  const value = cosine(one.values, other.values);
  if (value < metric.match) return within((AT_MATCH * (value + 1)) / (metric.match + 1));
  return within(AT_MATCH + ((1 - AT_MATCH) * (value - metric.match)) / (1 - metric.match));
}

/** NaN, of a vector that is none, is no likeness. */
const within = (value: number) => (value > 0 ? Math.min(1, value) : 0);

function euclidean(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at]! - other[at]!) ** 2;
  return Math.sqrt(sum);
}

function cosine(one: Float32Array, other: Float32Array): number {
  let product = 0;
  let left = 0;
  let right = 0;
  for (let at = 0; at < one.length; at += 1) {
    product += one[at]! * other[at]!;
    left += one[at]! ** 2;
    right += other[at]! ** 2;
  }
  return product / Math.sqrt(left * right);
}
