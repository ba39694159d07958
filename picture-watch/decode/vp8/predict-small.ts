import { MODE } from './modes.ts';
import { predictGradient } from './predict.ts';

/** The points around a block of 4 × 4, from the lowest on its left up to the corner (4) and on to the right above it. */
const around = new Int32Array(13);

/** Predicts a block of 4 × 4 (RFC 6386, 12.3). `right`: where the four points above it to the right lie. */
export function predictSmall(plane: Uint8ClampedArray, at: number, stride: number, mode: number, right: number): void {
  if (mode === MODE.gradient) return predictGradient(plane, at, stride, 4);
  for (let index = 0; index < 4; index++) {
    around[3 - index] = plane[at - 1 + index * stride]!;
    around[5 + index] = plane[at - stride + index]!;
    around[9 + index] = plane[right + index]!;
  }
  around[4] = plane[at - stride - 1]!;
  if (mode === MODE.mean) predictMean(plane, at, stride);
  else if (mode === MODE.above) predictAbove(plane, at, stride);
  else if (mode === MODE.left) predictLeft(plane, at, stride);
  else predictSlanted(plane, at, stride, mode);
}

/** Of two neighbours, and of three. */
const two = (index: number) => (around[index]! + around[index + 1]! + 1) >> 1;
const three = (index: number) => (around[index - 1]! + 2 * around[index]! + around[index + 1]! + 2) >> 2;

function predictMean(plane: Uint8ClampedArray, at: number, stride: number): void {
  let sum = 4;
  for (let index = 0; index < 4; index++) sum += around[index]! + around[5 + index]!;
  for (let row = 0; row < 4; row++) setRow(plane, at + row * stride, sum >> 3, sum >> 3, sum >> 3, sum >> 3);
}

function predictAbove(plane: Uint8ClampedArray, at: number, stride: number): void {
  const [a, b, c, d] = [three(5), three(6), three(7), three(8)];
  for (let row = 0; row < 4; row++) setRow(plane, at + row * stride, a, b, c, d);
}

function predictLeft(plane: Uint8ClampedArray, at: number, stride: number): void {
  const last = (around[1]! + 3 * around[0]! + 2) >> 2;
  for (let row = 0; row < 4; row++) {
    const value = row === 3 ? last : three(3 - row);
    setRow(plane, at + row * stride, value, value, value, value);
  }
}

function predictSlanted(plane: Uint8ClampedArray, at: number, stride: number, mode: number): void {
  const [second, third, fourth] = [at + stride, at + 2 * stride, at + 3 * stride];
  if (mode === MODE.rightDown) {
    const [a, b, c, d, e, f, g] = [three(1), three(2), three(3), three(4), three(5), three(6), three(7)];
    setRow(plane, at, d, e, f, g);
    setRow(plane, second, c, d, e, f);
    setRow(plane, third, b, c, d, e);
    setRow(plane, fourth, a, b, c, d);
  } else if (mode === MODE.steepRight) {
    const [a, b, c, d] = [two(4), two(5), two(6), two(7)];
    const [e, f, g, h] = [three(4), three(5), three(6), three(7)];
    setRow(plane, at, a, b, c, d);
    setRow(plane, second, e, f, g, h);
    setRow(plane, third, three(3), a, b, c);
    setRow(plane, fourth, three(2), e, f, g);
  } else if (mode === MODE.leftDown) {
    const [a, b, c, d, e, f] = [three(6), three(7), three(8), three(9), three(10), three(11)];
    setRow(plane, at, a, b, c, d);
    setRow(plane, second, b, c, d, e);
    setRow(plane, third, c, d, e, f);
    setRow(plane, fourth, d, e, f, (around[11]! + 3 * around[12]! + 2) >> 2);
  } else if (mode === MODE.steepLeft) {
    const [a, b, c, d] = [two(5), two(6), two(7), two(8)];
    const [e, f, g, h] = [three(6), three(7), three(8), three(9)];
    setRow(plane, at, a, b, c, d);
    setRow(plane, second, e, f, g, h);
    setRow(plane, third, b, c, d, three(10));
    setRow(plane, fourth, f, g, h, three(11));
  } else if (mode === MODE.flatDown) {
    const [a, b, c, d] = [two(3), two(2), two(1), two(0)];
    const [e, f, g, h] = [three(4), three(3), three(2), three(1)];
    setRow(plane, at, a, e, three(5), three(6));
    setRow(plane, second, b, f, a, e);
    setRow(plane, third, c, g, b, f);
    setRow(plane, fourth, d, h, c, g);
  } else {
    const [a, b, c, last] = [two(2), two(1), two(0), around[0]!];
    const [d, e, f] = [three(2), three(1), (around[1]! + 3 * last + 2) >> 2];
    setRow(plane, at, a, d, b, e);
    setRow(plane, second, b, e, c, f);
    setRow(plane, third, c, f, last, last);
    setRow(plane, fourth, last, last, last, last);
  }
}

function setRow(plane: Uint8ClampedArray, at: number, one: number, two: number, three: number, four: number): void {
  plane[at] = one;
  plane[at + 1] = two;
  plane[at + 2] = three;
  plane[at + 3] = four;
}
