/**
 * Lets one after the other begin, each in a turn of the event loop of its own. What is asked of an embedded database is answered at once, so that
 * many requests of one moment would otherwise be worked off in a single turn, and whatever else the process does, sockets above all (an officer who
 * cuts off), would wait for all of them instead of one.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is one's turn. */
  take(): Promise<void> {
    const mine = this.#last;
    this.#last = mine.then(() => new Promise((resolve) => void setImmediate(resolve)));
    return mine;
  }
}
