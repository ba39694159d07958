import { setTimeout as sleep } from 'node:timers/promises';
import { parseRtp } from '@qinqiao/server-kit/rtp';
import { createWorker } from 'mediasoup';
import type { Consumer, Producer } from 'mediasoup/types';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { passStills } from './stills.ts';

const SSRC = 4711;
const VP8 = { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, preferredPayloadType: 101 } as const;
const FRAME_MS = 20;

let worker: Awaited<ReturnType<typeof createWorker>>;
beforeEach(async () => {
  const workerBin = process.env['MEDIASOUP_WORKER_BIN'];
  worker = await createWorker(workerBin ? { workerBin } : {});
});
afterEach(() => worker.close());

/** A camera of one packet a frame, which makes a key frame when it is asked for one, and a tap of it. */
async function cameraAndTap() {
  const router = await worker.createRouter({ mediaCodecs: [VP8] });
  const [camera, tap] = await Promise.all([router.createDirectTransport(), router.createDirectTransport()]);
  const producer: Producer = await camera.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000, rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] }],
      encodings: [{ ssrc: SSRC }],
    },
  });
  const { rtpCapabilities } = router;
  const consumer: Consumer = await tap.consume({ producerId: producer.id, rtpCapabilities, paused: true });
  const got: boolean[] = [];
  consumer.on('rtp', (packet) => got.push(isKey(packet)));
  let asked = 0;
  let sent = 0;
  camera.on('rtcp', () => asked++);
  let due = 0;
  const timer = setInterval(() => {
    const key = asked > due;
    due = asked;
    producer.send(packetOf(sent++, key));
  }, FRAME_MS);
  return { consumer, got, asked: () => asked, sent: () => sent, [Symbol.dispose]: () => clearInterval(timer) };
}

/** RTP header, a VP8 payload descriptor with the start bit, and a frame whose first bit says that it is no key frame. */
function packetOf(sequence: number, key: boolean): Buffer {
  const packet = Buffer.alloc(12 + 1 + 20, 0);
  packet.set([0x80, 0x80 | 101]);
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(sequence * 90 * FRAME_MS, 4);
  packet.writeUInt32BE(SSRC, 8);
  packet.set([0x10, key ? 0 : 1], 12);
  return packet;
}

/** The payload's second byte, behind the descriptor. */
const isKey = (packet: Buffer) => ((parseRtp(packet)?.payload[1] ?? 1) & 1) === 0;

it('lets a key frame pass in each turn, asked for by itself, and little else', async () => {
  using film = await cameraAndTap();
  void passStills(film.consumer, 1000);
  await sleep(2700);
  const keys = film.got.filter(Boolean).length;
  expect(keys).toBe(3);
  expect(film.asked()).toBe(3);
  expect(film.got[0]).toBe(true);
  expect(film.got.length).toBeLessThan(film.sent() * 0.65);
});

it('ends with its consumer', async () => {
  using film = await cameraAndTap();
  const passing = passStills(film.consumer, 10_000);
  await sleep(100);
  film.consumer.close();
  await expect(passing).resolves.toBeUndefined();
});
