/**
 * Milliseconds since 1970 with fractions, for instants of arrival: the system's clock as it stood at the beginning, moved on by the
 * monotonic clock, so that a system clock that is set in mid-call moves nothing.
 */
export class ArrivalClock {
  readonly #offset = Date.now() - performance.now();

  now(): number {
    return this.#offset + performance.now();
  }
}
