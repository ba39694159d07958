/** Whoever takes longer, for a large file or somebody else's service, no longer counts. */
const PLACE_MS = 100;

/**
 * Lets one after the other begin, each in a turn of the event loop of its own. What is asked of an embedded database is answered at once, so that
 * many requests of one moment would otherwise be worked off in a single turn, and whatever else the process does, sockets above all (an officer who
 * cuts off), would wait for all of them instead of one. Of those who wait for a database elsewhere, `places` are worked on at a time: if all shared its
 * connections, all would be as late as the last.
 */
export class Turns {
  readonly #places: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];
  /** Of those with a place, how many wait for their turn of the event loop. */
  #next = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(places = Number.POSITIVE_INFINITY) {
    this.#places = places;
  }

  /** How many wait or are worked on, without those who take long; to be asked by one of them, so at least 1. */
  get crowd(): number {
    return this.#places === Number.POSITIVE_INFINITY ? this.#next + 1 : Math.max(1, this.#waiting.length + this.#taken);
  }

  /** Resolves when it is one's turn. What it answers is to be called when one has done. */
  async take(): Promise<() => void> {
    if (this.#taken >= this.#places) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken++;
    const mine = this.#last;
    this.#last = mine.then(() => new Promise((resolve) => void setImmediate(resolve)));
    this.#next++;
    await mine;
    this.#next--;
    return this.#place();
  }

  /** A place that is left goes to whoever waits longest. */
  #place(): () => void {
    if (this.#places === Number.POSITIVE_INFINITY) return () => undefined;
    let isMine = true;
    const leave = () => {
      if (!isMine) return;
      isMine = false;
      clearTimeout(late);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken--;
    };
    const late = setTimeout(leave, PLACE_MS);
    return leave;
  }
}
