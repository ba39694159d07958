import type { HeardSpan, Stretch } from '@qinqiao/contracts';

/** Players tell where they were to a few frames: stretches that are closer than this count as one. */
const TOUCHING_MS = 250;
/** More pieces than anybody's listening has; beyond it the closest are joined no more, but dropped. */
const MOST = 1000;

/** Stretches in order, overlapping and touching ones joined. */
export function merge(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { fromMs, toMs } of stretches.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    if (last && fromMs <= last.toMs + TOUCHING_MS) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged.slice(0, MOST);
}

export const lengthOf = (stretches: readonly Stretch[]): number => stretches.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

/** What of a stretch lies within others (in order, none overlapping). */
export function within(stretch: Stretch, others: readonly Stretch[]): Stretch[] {
  return others.flatMap((other) => {
    const fromMs = Math.max(stretch.fromMs, other.fromMs);
    const toMs = Math.min(stretch.toMs, other.toMs);
    return toMs > fromMs ? [{ fromMs, toMs }] : [];
  });
}

/** What was told, as far as it can have been heard. */
export interface Counted {
  played: (Stretch & { speed: number })[];
  skipped: Stretch[];
  /** The officer's time, ms. */
  spentMs: number;
  refusedMs: number;
}

/**
 * Counts what a player told: only what lies within the conversation, only as much as fits into `budgetMs` of the officer's time at the speed it
 * was played, and of what was skipped only what is silence.
 */
export function count(spans: readonly HeardSpan[], limits: { playable: Stretch; budgetMs: number; silences: readonly Stretch[] }): Counted {
  const counted: Counted = { played: [], skipped: [], spentMs: 0, refusedMs: 0 };
  for (const span of spans) {
    const [inside] = within(span, [limits.playable]);
    const told = span.toMs - span.fromMs;
    const some = !inside
      ? []
      : span.skipped
        ? within(inside, limits.silences)
        : [affordable(inside, span.speed, limits.budgetMs - counted.spentMs)];
    const length = lengthOf(some);
    counted.refusedMs += told - length;
    if (span.skipped) counted.skipped.push(...some);
    else if (length > 0) counted.played.push(...some.map((stretch) => ({ ...stretch, speed: span.speed })));
    if (!span.skipped) counted.spentMs += length / span.speed;
  }
  return counted;
}

function affordable({ fromMs, toMs }: Stretch, speed: number, leftMs: number): Stretch {
  return { fromMs, toMs: Math.min(toMs, fromMs + Math.max(0, Math.floor(leftMs * speed))) };
}
