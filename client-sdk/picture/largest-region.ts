/** The mask with only its largest connected region (four neighbours) left. */
export function largestRegion(mask: Uint8ClampedArray, width: number): Uint8ClampedArray {
  const regions = new Int32Array(mask.length);
  const stack = new Int32Array(mask.length);
  let region = 0;
  let best = 0;
  let bestSize = 0;
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || regions[start]) continue;
    region++;
    const size = flood(mask, regions, stack, { start, region, width });
    if (size > bestSize) [best, bestSize] = [region, size];
  }
  return mask.map((value, index) => (regions[index] === best ? value : 0));
}

interface Flood {
  start: number;
  region: number;
  width: number;
}

/** Marks all that hangs together with `start`; answers how many points. */
function flood(mask: Uint8ClampedArray, regions: Int32Array, stack: Int32Array, { start, region, width }: Flood): number {
  let size = 0;
  let top = 0;
  const visit = (index: number) => {
    if (!mask[index] || regions[index]) return;
    regions[index] = region;
    stack[top++] = index;
  };
  visit(start);
  while (top > 0) {
    const index = stack[--top] ?? 0;
    size++;
    const x = index % width;
    if (x > 0) visit(index - 1);
    if (x < width - 1) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index + width < mask.length) visit(index + width);
  }
  return size;
}
