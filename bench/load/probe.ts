import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Router } from 'mediasoup/types';

const PAYLOAD_BYTES = 80;
const EVERY_MS = 20;

/** A plain stream through the worker under load whose packets carry the time at which they were sent. */
export async function startProbe(router: Router): Promise<{ take(): { sent: number; latenciesMs: number[] }; stop(): void }> {
  const receiver = createSocket('udp4');
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
  const input = await router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: true });
  const codec = { mimeType: 'audio/opus', payloadType: 100, clockRate: 48000, channels: 2 };
  const ssrc = 4711;
  const producer = await input.produce({
    kind: 'audio',
    rtpParameters: { codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: 'probe' } },
  });
  const output = await router.createPlainTransport({ listenInfo, rtcpMux: true });
  await output.connect({ ip: '127.0.0.1', port: receiver.address().port });
  await output.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });

  let sent = 0;
  let latenciesMs: number[] = [];
  receiver.on('message', (packet) => {
    const isRtcp = (packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223;
    if (!isRtcp && packet.length >= 12 + PAYLOAD_BYTES)
      latenciesMs.push(performance.now() - packet.readDoubleBE(packet.length - PAYLOAD_BYTES));
  });
  const sender = createSocket('udp4');
  let sequence = 1;
  const timer = setInterval(() => {
    const packet = Buffer.alloc(12 + PAYLOAD_BYTES);
    packet[0] = 0x80;
    packet[1] = 100;
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE((sequence * 960) >>> 0, 4);
    packet.writeUInt32BE(ssrc, 8);
    packet.writeDoubleBE(performance.now(), 12);
    sequence++;
    sent++;
    sender.send(packet, input.tuple.localPort, '127.0.0.1');
  }, EVERY_MS);
  return {
    take: () => {
      const taken = { sent, latenciesMs };
      sent = 0;
      latenciesMs = [];
      return taken;
    },
    stop: () => {
      clearInterval(timer);
      sender.close();
      receiver.close();
    },
  };
}
