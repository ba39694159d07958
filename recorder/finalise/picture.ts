import type { CombineInput } from './combine.ts';
import type { Covered } from './coverage.ts';

/** All sizes are even, as colours are stored for two points by two; the whole is made of whole macroblocks (16 by 16). */
const CELL = { width: 448, height: 336 };
const OFFICER = { width: 176, height: 132 };
const COMPANION = { width: 144, height: 108 };
export const COMBINED_SIZE = { width: 2 * CELL.width, height: CELL.height };
/** Enough to judge what somebody does; the participants' own files hold every picture. Twice as many cost half as much again. */
export const FRAME_RATE = 15;
/** A picture stands still for this long before its place goes dark. */
const STILL_MS = 2000;
/** A part is read from so much before its beginning, for the picture that stands there. */
const LEAD_MS = 3000;
/** ffmpeg evaluates each stretch with each picture. */
const MOST_STRETCHES = 50;

/** A stretch of the combined file, in milliseconds of the call. */
export interface Part {
  fromMs: number;
  toMs: number;
}

/** The pictures that are seen in a part, in the order of their inputs; companions and officers last: they lie over the others. */
export function seenIn(inputs: readonly CombineInput[], { fromMs, toMs }: Part): CombineInput[] {
  return inputs
    .filter(({ kind, covered }) => kind === 'video' && covered.some((one) => one.toMs > fromMs - STILL_MS && one.fromMs < toMs))
    .sort((a, b) => rank(a) - rank(b));
}

const rank = (input: CombineInput) => (placeOf(input.label).width === CELL.width ? 0 : 1);

/** Second of a file at which reading begins for a part; null: at its beginning. */
export function seekS({ startMs }: CombineInput, { fromMs }: Part): string | null {
  const ms = fromMs - LEAD_MS - startMs;
  return ms > 0 ? (ms / 1000).toFixed(3) : null;
}

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

function placeOf(label: string): Place {
  if (label === 'inmate') return { x: 0, y: 0, ...CELL };
  if (label === 'family') return { x: CELL.width, y: 0, ...CELL };
  if (label.startsWith('companion')) return companionPlace(Number(label.split('-')[1] ?? 1) - 1);
  return { x: CELL.width - OFFICER.width / 2, y: CELL.height - OFFICER.height, ...OFFICER };
}

/** From the right-hand lower corner of the family's picture to the left, then above. */
function companionPlace(index: number): Place {
  const perRow = Math.floor(CELL.width / COMPANION.width);
  const x = COMBINED_SIZE.width - (1 + (index % perRow)) * COMPANION.width;
  return { x, y: Math.max(0, CELL.height - (1 + Math.floor(index / perRow)) * COMPANION.height), ...COMPANION };
}

/** A picture is shown at the step nearest to it; of several that would be shown at the same one, only the first is scaled. */
const EARLY_S = 0.025;
const RATE_90K = 90_000;
const TO_STEPS = [
  `settb=1/${RATE_90K}`,
  `select='isnan(prev_selected_t)+gt(floor((t+${EARLY_S})*${FRAME_RATE})\\,floor((prev_selected_t+${EARLY_S})*${FRAME_RATE}))'`,
  `setpts='floor((T+${EARLY_S})*${FRAME_RATE})*${RATE_90K / FRAME_RATE}'`,
].join(',');

/** A part's picture as a graph for ffmpeg, from `[video]` at time 0. `inputs`: those of `seenIn`. */
export function pictureGraph(inputs: readonly CombineInput[], { fromMs, toMs }: Part): string[] {
  const { width, height } = COMBINED_SIZE;
  const [from, length] = [fromMs / 1000, (toMs - fromMs) / 1000];
  const canvas = `color=c=black:s=${width}x${height}:r=${FRAME_RATE}:d=${length.toFixed(3)},format=yuv420p,setpts=PTS+${from}/TB[canvas0]`;
  const layers = inputs.flatMap((input, layer) => {
    const place = placeOf(input.label);
    const fit = `scale=${place.width}:${place.height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=fast_bilinear`;
    const pad = `pad=${place.width}:${place.height}:-1:-1:eval=frame`;
    const rivals = inputs.filter((other) => other !== input && other.label === input.label).flatMap((other) => other.covered);
    const shown = `enable='${shownWhen(input.covered, rivals)}'`;
    return [
      `[${layer}:v]${TO_STEPS},${fit},${pad},setsar=1,format=yuv420p[picture${layer}]`,
      `[canvas${layer}][picture${layer}]overlay=${place.x}:${place.y}:eof_action=repeat:${shown}[canvas${layer + 1}]`,
    ];
  });
  return [canvas, ...layers, `[canvas${inputs.length}]setpts=PTS-${from}/TB[video]`];
}

/**
 * When a picture is shown, as an expression for ffmpeg. `rivals`: what another file shows in the same place, of a participant who
 * changed the codec; whichever began last is shown.
 */
function shownWhen(covered: readonly Covered[], rivals: readonly Covered[]): string {
  let still = STILL_MS;
  let shown = joinStretches(covered, still);
  while (shown.length > MOST_STRETCHES) shown = joinStretches(shown, (still *= 2));
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  return shown
    .map(({ fromMs, toMs }) => {
      const next = rivals.filter((rival) => rival.fromMs > fromMs).map((rival) => rival.fromMs);
      return `between(t,${seconds(fromMs - 1000 / FRAME_RATE)},${seconds(Math.min(toMs + STILL_MS, ...next))})`;
    })
    .join('+');
}

function joinStretches(covered: readonly Covered[], stillMs: number): Covered[] {
  const joined: Covered[] = [];
  for (const stretch of covered) {
    const last = joined.at(-1);
    if (last && stretch.fromMs - last.toMs <= stillMs) last.toMs = Math.max(last.toMs, stretch.toMs);
    else joined.push({ ...stretch });
  }
  return joined;
}
