import type { RtpPacket } from './packet.ts';

/** How long a packet is awaited while later ones are there already. */
const HOLD_MS = 60;
const MOST_HELD = 16;
/** Further apart than this, a sequence number belongs to a stream begun anew (RFC 3550, A.1). */
const MAX_DROPOUT = 3000;

/** Brings packets into the order of their sequence numbers: late ones are awaited for a moment, doubles are dropped. */
export class Reorder {
  #next: number | null = null;
  readonly #held = new Map<number, { packet: RtpPacket; at: number }>();

  /** Takes a packet at `now` (ms) and answers those whose turn has come. */
  push(packet: RtpPacket, now: number): RtpPacket[] {
    const ahead = this.#next === null ? 0 : distance(this.#next, packet.sequence);
    if (Math.abs(ahead) > MAX_DROPOUT) {
      const rest = this.#release(Number.POSITIVE_INFINITY);
      this.#next = packet.sequence;
      return [...rest, ...this.#take(packet, now)];
    }
    if (ahead < 0) return [];
    this.#next ??= packet.sequence;
    return this.#take(packet, now);
  }

  /** Answers packets that have waited long enough for one that did not come. */
  expire(now: number): RtpPacket[] {
    return this.#held.size === 0 ? [] : this.#release(now);
  }

  #take(packet: RtpPacket, now: number): RtpPacket[] {
    this.#held.set(packet.sequence, { packet, at: now });
    return this.#release(now);
  }

  #release(now: number): RtpPacket[] {
    const ready: RtpPacket[] = [];
    while (this.#held.size > 0 && this.#next !== null) {
      const held = this.#held.get(this.#next);
      if (held) {
        ready.push(held.packet);
        this.#held.delete(this.#next);
        this.#next = (this.#next + 1) & 0xffff;
        continue;
      }
      const oldest = Math.min(...[...this.#held.values()].map(({ at }) => at));
      if (now - oldest < HOLD_MS && this.#held.size < MOST_HELD) break;
      this.#next = this.#nearest(this.#next);
    }
    return ready;
  }

  #nearest(from: number): number {
    const distances = [...this.#held.keys()].map((sequence) => distance(from, sequence));
    return (from + Math.min(...distances)) & 0xffff;
  }
}

/** From one 16-bit sequence number to another, −32768…32767. */
const distance = (from: number, to: number) => ((((to - from) & 0xffff) + 0x8000) & 0xffff) - 0x8000;
