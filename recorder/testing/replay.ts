import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RtpAddress, SenderReport } from '@qinqiao/contracts';
import type { Sent } from './virtual-sender.ts';

/** Where what is replayed goes now; null: nowhere. */
export interface ReplayTarget {
  address: RtpAddress | null;
  /** Added to each ssrc: a tap that was made anew has new ones. */
  ssrcShift?: number;
  onReport?: (report: SenderReport) => void;
  stopped?: boolean;
}

/** Sends what a virtual sender made at the times it was made for, until the end or until it is stopped. */
export async function replay(streams: readonly Sent[], target: ReplayTarget): Promise<void> {
  const packets = streams.flatMap(({ datagrams }) => datagrams).sort((a, b) => a.arrivalMs - b.arrivalMs);
  const reports = streams.flatMap((stream) => stream.reports).sort((a, b) => a.arrivedAtMs - b.arrivedAtMs);
  const socket = createSocket('udp4');
  try {
    let packet = 0;
    let report = 0;
    while (packet < packets.length && !target.stopped) {
      const now = Date.now();
      for (; (packets[packet]?.arrivalMs ?? Number.POSITIVE_INFINITY) <= now; packet++) {
        const { address, ssrcShift = 0 } = target;
        if (address) socket.send(shifted((packets[packet] as (typeof packets)[number]).datagram, ssrcShift), address.port, address.ip);
      }
      for (; (reports[report]?.arrivedAtMs ?? Number.POSITIVE_INFINITY) <= now; report++)
        target.onReport?.(reports[report] as SenderReport);
      await sleep(5);
    }
  } finally {
    socket.close();
  }
}

function shifted(datagram: Buffer, by: number): Buffer {
  if (by === 0) return datagram;
  const copy = Buffer.from(datagram);
  copy.writeUInt32BE(copy.readUInt32BE(8) + by, 8);
  return copy;
}
