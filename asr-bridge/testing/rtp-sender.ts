import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { RtpAddress } from '@qinqiao/contracts';

/** What becomes of a packet on its way: nothing (lost), itself, or several. */
export type Meddle = (packet: Buffer, index: number) => Buffer[];

export interface RtpSender {
  /** Resolves when the first packet has been passed on. */
  started: Promise<unknown>;
  /** When the file's first sound was sent, in epoch ms, by the packet that was delayed least; exact once some have been sent. */
  readonly origin: number;
  /** When all has been sent. */
  ended: Promise<unknown>;
  stop(): void;
}

const PACKET_MS = 20;

/** Sends a sound file in real time as Opus over RTP, with sender reports on the same port, as the media engine does. */
export async function sendOpus(
  file: string,
  to: RtpAddress,
  options: { ssrc: number; payloadType?: number; meddle?: Meddle },
): Promise<RtpSender> {
  const relay = createSocket('udp4');
  relay.bind(0, '127.0.0.1');
  await once(relay, 'listening');
  let index = 0;
  let origin = Number.POSITIVE_INFINITY;
  relay.on('message', (packet) => {
    const isRtp = (packet[1] ?? 0) < 192 || (packet[1] ?? 0) > 223;
    const passed = isRtp && options.meddle ? options.meddle(packet, index) : [packet];
    if (isRtp) origin = Math.min(origin, Date.now() - index++ * PACKET_MS);
    for (const each of passed) relay.send(each, to.port, to.ip);
  });
  const started = once(relay, 'message');
  const child = spawnSender(file, relay.address().port, options);
  const ended = once(child, 'close').finally(() => relay.close());
  return {
    started,
    ended,
    get origin() {
      return origin;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

function spawnSender(file: string, port: number, { ssrc, payloadType = 111 }: { ssrc: number; payloadType?: number }): ChildProcess {
  // `-ssrc` is a signed number.
  const rtp = ['-payload_type', String(payloadType), '-ssrc', String(ssrc | 0), '-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${port}`];
  const opus = ['-c:a', 'libopus', '-application', 'voip', '-b:a', '24k', '-ac', '1'];
  return spawn('ffmpeg', ['-v', 'error', '-re', '-i', file, ...opus, ...rtp], { stdio: ['ignore', 'ignore', 'inherit'] });
}
