import type { TrackCodec } from '@qinqiao/contracts';
import { H264, PictureDepacketiser, Reorderer, parseRtp, type TimedPacket, Unwrapper, Vp8 } from '@qinqiao/server-kit/rtp';

export type VideoCodec = 'vp8' | 'h264';

/** What the watch can take apart; null for another codec. */
export function videoCodecOf({ mimeType }: TrackCodec): VideoCodec | null {
  const name = mimeType.toLowerCase();
  return name === 'video/vp8' ? 'vp8' : name === 'video/h264' ? 'h264' : null;
}

/** A lost packet is sent again within this, or not at all. */
const WAIT_MS = 250;

/** Waits for one key frame: puts packets in order and together from where it was begun. */
export class KeyFrameCatcher {
  readonly #payloadType: number;
  readonly #depacketiser: PictureDepacketiser;
  readonly #order = new Reorderer<TimedPacket>({ waitMs: WAIT_MS });
  readonly #sequences = new Unwrapper(16);
  readonly #timestamps = new Unwrapper(32);

  constructor({ payloadType, parameters }: TrackCodec, codec: VideoCodec) {
    this.#payloadType = payloadType;
    this.#depacketiser = new PictureDepacketiser(codec === 'vp8' ? new Vp8() : new H264(parameters['sprop-parameter-sets']));
  }

  /** Takes a datagram of the track. Answers the key frame when it is complete. */
  push(datagram: Buffer, arrivalMs: number): Buffer | null {
    const rtp = parseRtp(datagram);
    if (!rtp || rtp.payloadType !== this.#payloadType) return null;
    const packet = {
      sequence: this.#sequences.next(rtp.sequence),
      timestamp: this.#timestamps.next(rtp.timestamp),
      arrivalMs,
      rtp,
    };
    for (const { packet: ready, lostBefore } of this.#order.push(packet)) {
      for (const frame of this.#depacketiser.push(ready, lostBefore)) if (frame.key) return Buffer.from(frame.data);
    }
    return null;
  }
}
