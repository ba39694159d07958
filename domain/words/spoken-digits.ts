const SPOKEN = ['零〇', '一幺', '二两', '三', '四', '五', '六', '七', '八', '九'];
const DIGITS = new Map(SPOKEN.flatMap((forms, digit) => Array.from(forms, (form) => [form.charCodeAt(0), 48 + digit] as const)));
/** So many digits in a row are a number that is read digit by digit: 幺幺零 is 110, but 一起 is not 1起. */
const SHORTEST_NUMBER = 3;
const isDigit = (unit: number) => (unit >= 48 && unit <= 57) || DIGITS.has(unit);

/** The digit that a unit stands for, or the unit. */
export const plainDigit = (unit: number): number => DIGITS.get(unit) ?? unit;

/** The places in a folded word at which digits may be written either way. */
export function numberPlaces(folded: string): Set<number> {
  const places = new Set<number>();
  for (let from = 0; from < folded.length; from++) {
    let to = from;
    while (to < folded.length && isDigit(folded.charCodeAt(to))) to++;
    if (to - from >= SHORTEST_NUMBER) for (let at = from; at < to; at++) places.add(at);
    from = Math.max(from, to);
  }
  return places;
}

/** Whether what stands from `first` on is this folded word, numbers written either way. */
export function isSpelled(folded: string, units: Uint16Array, first: number): boolean {
  let places: Set<number> | undefined;
  for (let at = 0; at < folded.length; at++) {
    const unit = folded.charCodeAt(at);
    if (units[first + at] === unit) continue;
    places ??= numberPlaces(folded);
    if (!places.has(at) || plainDigit(units[first + at] ?? 0) !== plainDigit(unit)) return false;
  }
  return true;
}
