/** What every packet has that is to be put in order. */
export interface Sequenced {
  /** Sequence number continued beyond 16 bits. */
  sequence: number;
  arrivalMs: number;
}

export interface OrderCounts {
  received: number;
  lost: number;
  duplicate: number;
  /** Came after a packet with a higher number, early enough to be put in its place. */
  reordered: number;
  /** Came after its place had been given up: counted as lost too. */
  late: number;
}

export interface Ordered<Packet extends Sequenced> {
  packet: Packet;
  /** How many packets are missing directly before this one. */
  lostBefore: number;
}

/** How long a missing packet is waited for, by the arrival times of those after it. */
const WAIT_MS = 2000;
const LONGEST_QUEUE = 4096;
/** The first packets are held this long, as the very first may have been overtaken. */
const START_MS = 100;

/** Puts packets in order of their sequence numbers, drops duplicates and counts what is lost. Fed with the times of a journal: it never sleeps. */
export class Reorderer<Packet extends Sequenced> {
  readonly counts: OrderCounts = { received: 0, lost: 0, duplicate: 0, reordered: 0, late: 0 };
  readonly #waitMs: number;
  readonly #waiting = new Map<number, Packet>();
  /** The numbers given up, so that their late arrival is told from a duplicate. */
  readonly #givenUp = new Set<number>();
  #next: number | null = null;
  #highest = Number.NEGATIVE_INFINITY;
  #firstArrivalMs: number | null = null;

  /** `waitMs`: how long a missing packet is waited for. */
  constructor({ waitMs = WAIT_MS }: { waitMs?: number } = {}) {
    this.#waitMs = waitMs;
  }

  /** Takes a packet and answers those that are now in order. */
  push(packet: Packet): Ordered<Packet>[] {
    const { sequence } = packet;
    this.counts.received++;
    this.#firstArrivalMs ??= packet.arrivalMs;
    if (this.#next !== null && sequence < this.#next) {
      if (this.#givenUp.delete(sequence)) this.counts.late++;
      else this.counts.duplicate++;
      return [];
    }
    if (this.#waiting.has(sequence)) {
      this.counts.duplicate++;
      return [];
    }
    if (sequence < this.#highest) this.counts.reordered++;
    this.#highest = Math.max(this.#highest, sequence);
    this.#waiting.set(sequence, packet);
    return packet.arrivalMs - this.#firstArrivalMs < Math.min(START_MS, this.#waitMs) ? [] : this.#drain(packet.arrivalMs);
  }

  /** Answers what is left at the end. */
  flush(): Ordered<Packet>[] {
    return this.#drain(Number.POSITIVE_INFINITY);
  }

  #drain(nowMs: number): Ordered<Packet>[] {
    const out: Ordered<Packet>[] = [];
    let lostBefore = 0;
    if (this.#waiting.size > 0) this.#next ??= Math.min(...this.#waiting.keys());
    while (this.#waiting.size > 0 && this.#next !== null) {
      const packet = this.#waiting.get(this.#next);
      if (packet) {
        out.push({ packet, lostBefore });
        lostBefore = 0;
        this.#waiting.delete(this.#next++);
      } else if (this.#mayGiveUp(nowMs)) {
        lostBefore += this.#giveUp(this.#next);
      } else break;
    }
    return out;
  }

  #mayGiveUp(nowMs: number): boolean {
    const [oldest] = this.#waiting.values();
    return oldest !== undefined && (nowMs - oldest.arrivalMs > this.#waitMs || this.#waiting.size > LONGEST_QUEUE);
  }

  #giveUp(from: number): number {
    const next = Math.min(...this.#waiting.keys());
    if (this.#givenUp.size > LONGEST_QUEUE) this.#givenUp.clear();
    for (let sequence = Math.max(from, next - LONGEST_QUEUE); sequence < next; sequence++) this.#givenUp.add(sequence);
    this.#next = next;
    this.counts.lost += next - from;
    return next - from;
  }
}
