/** Two pictures and how alike the service finds them. */
export interface Pair {
  same: boolean;
  likeness: number;
}

export interface Rate {
  /** In hundredths, as the parameter `face.likeness`. */
  threshold: number;
  /** Of the pairs of different people, those that would be let in. */
  falseAccepts: number;
  /** Of the pairs of one person, those that would be refused. */
  falseRejects: number;
}

/** Every pair of described pictures. */
export function pairsOf<Vector>(
  described: readonly { person: string; vector: Vector }[],
  likeness: (one: Vector, other: Vector) => number,
): Pair[] {
  return described.flatMap((one, at) =>
    described.slice(at + 1).map((other) => ({ same: one.person === other.person, likeness: likeness(one.vector, other.vector) })),
  );
}

/** The shares of wrong answers at each threshold; NaN where there are no such pairs. */
export function ratesOf(pairs: readonly Pair[], thresholds: readonly number[]): Rate[] {
  const same = pairs.filter((pair) => pair.same);
  const different = pairs.filter((pair) => !pair.same);
  const share = (wrong: number, of: readonly Pair[]) => (of.length === 0 ? Number.NaN : wrong / of.length);
  return thresholds.map((threshold) => ({
    threshold,
    falseAccepts: share(different.filter((pair) => pair.likeness * 100 >= threshold).length, different),
    falseRejects: share(same.filter((pair) => pair.likeness * 100 < threshold).length, same),
  }));
}

/** Where both shares come nearest to each other, and their mean there; null when one of them is not known. */
export function equalErrorRate(pairs: readonly Pair[]): { threshold: number; rate: number } | null {
  const fine = ratesOf(
    pairs,
    Array.from({ length: 1001 }, (_, at) => at / 10),
  );
  const known = fine.filter(({ falseAccepts, falseRejects }) => !Number.isNaN(falseAccepts) && !Number.isNaN(falseRejects));
  const apart = (rate: Rate) => Math.abs(rate.falseAccepts - rate.falseRejects);
  // Of a whole range that is as good, the middle.
  const least = Math.min(...known.map(apart));
  const best = known.filter((rate) => apart(rate) === least);
  const middle = best[Math.floor(best.length / 2)];
  return middle ? { threshold: middle.threshold, rate: (middle.falseAccepts + middle.falseRejects) / 2 } : null;
}
