import { parseRtp, type TimedPacket, Unwrapper } from '@qinqiao/server-kit/rtp';
import { cipherOf, type JournalDamage, newDamage, readJournal } from '../journal/index.ts';

/** What tells a track's packets from others on the same port. */
export interface PacketSource {
  path: string;
  /** Data key of the journal; null when it is in the clear. */
  key: Uint8Array | null;
  ssrc: number;
  payloadType: number;
}

/**
 * Reads a track's packets as they arrived, their counters continued beyond the wraps. Packets of another payload type (comfort
 * noise, redundancy) are left out. Reading twice gives the same.
 */
export async function* readPackets(source: PacketSource, damage: JournalDamage = newDamage()): AsyncGenerator<TimedPacket[]> {
  const sequences = new Unwrapper(16);
  const timestamps = new Unwrapper(32);
  for await (const records of readJournal(source.path, cipherOf(source), damage)) {
    const packets: TimedPacket[] = [];
    for (const { arrivalMs, datagram } of records) {
      const rtp = parseRtp(datagram);
      if (rtp?.ssrc !== source.ssrc || rtp.payloadType !== source.payloadType) continue;
      packets.push({ sequence: sequences.next(rtp.sequence), timestamp: timestamps.next(rtp.timestamp), arrivalMs, rtp });
    }
    yield packets;
  }
}
