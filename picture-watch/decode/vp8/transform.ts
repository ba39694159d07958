// The inverse transforms of RFC 6386, 14.3 and 14.4: exact, as the next blocks are predicted from what they make.

const COSINE = 20091;
const SINE = 35468;
const byCosine = (value: number) => value + ((value * COSINE) >> 16);
const bySine = (value: number) => (value * SINE) >> 16;

const between = new Int32Array(16);

/** Gives each of 16 blocks its mean, its first coefficient. */
export function addMeans(means: Int32Array, coefficients: Int32Array): void {
  for (let column = 0; column < 4; column++) {
    const outer = means[column]! + means[12 + column]!;
    const inner = means[4 + column]! + means[8 + column]!;
    const innerLess = means[4 + column]! - means[8 + column]!;
    const outerLess = means[column]! - means[12 + column]!;
    between[column] = outer + inner;
    between[4 + column] = outerLess + innerLess;
    between[8 + column] = outer - inner;
    between[12 + column] = outerLess - innerLess;
  }
  for (let row = 0; row < 4; row++) {
    const at = row * 4;
    const first = between[at]! + 3;
    const outer = first + between[at + 3]!;
    const inner = between[at + 1]! + between[at + 2]!;
    const innerLess = between[at + 1]! - between[at + 2]!;
    const outerLess = first - between[at + 3]!;
    coefficients[at * 16] = (outer + inner) >> 3;
    coefficients[at * 16 + 16] = (outerLess + innerLess) >> 3;
    coefficients[at * 16 + 32] = (outer - inner) >> 3;
    coefficients[at * 16 + 48] = (outerLess - innerLess) >> 3;
  }
}

/** Adds a block's mean to the 4 × 4 points that were predicted, and sets it back to 0. */
export function addMean(coefficients: Int32Array, from: number, points: Uint8ClampedArray, at: number, stride: number): void {
  const mean = (coefficients[from]! + 4) >> 3;
  coefficients[from] = 0;
  for (let row = 0, to = at; row < 4; row++, to += stride) {
    points[to] = points[to]! + mean;
    points[to + 1] = points[to + 1]! + mean;
    points[to + 2] = points[to + 2]! + mean;
    points[to + 3] = points[to + 3]! + mean;
  }
}

/** Adds a block to the 4 × 4 points that were predicted, and sets its coefficients back to 0. */
export function addBlock(coefficients: Int32Array, from: number, points: Uint8ClampedArray, at: number, stride: number): void {
  for (let column = 0, to = 0; column < 4; column++, to += 4) {
    const first = coefficients[from + column]!;
    const second = coefficients[from + 4 + column]!;
    const third = coefficients[from + 8 + column]!;
    const fourth = coefficients[from + 12 + column]!;
    const sine = bySine(second) - byCosine(fourth);
    const cosine = byCosine(second) + bySine(fourth);
    between[to] = first + third + cosine;
    between[to + 1] = first - third + sine;
    between[to + 2] = first - third - sine;
    between[to + 3] = first + third - cosine;
  }
  for (let place = from; place < from + 16; place++) coefficients[place] = 0;
  for (let row = 0, to = at; row < 4; row++, to += stride) {
    const first = between[row]! + 4;
    const second = between[4 + row]!;
    const third = between[8 + row]!;
    const fourth = between[12 + row]!;
    const sine = bySine(second) - byCosine(fourth);
    const cosine = byCosine(second) + bySine(fourth);
    points[to] = points[to]! + ((first + third + cosine) >> 3);
    points[to + 1] = points[to + 1]! + ((first - third + sine) >> 3);
    points[to + 2] = points[to + 2]! + ((first - third - sine) >> 3);
    points[to + 3] = points[to + 3]! + ((first + third - cosine) >> 3);
  }
}
