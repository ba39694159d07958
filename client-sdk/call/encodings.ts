import type { Device, types } from 'mediasoup-client';

export type VideoCodec = 'vp8' | 'h264';

/** How a camera is published: VP8 in two layers (a quarter of the picture's area, and all of it), or H264 in one. */
export function videoOptions(device: Device, codec: VideoCodec): Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'codec'> {
  const codecOptions = { videoGoogleStartBitrate: 600 };
  if (codec === 'h264') {
    const h264 = device.sendRtpCapabilities.codecs?.find((one) => one.mimeType.toLowerCase() === 'video/h264');
    if (h264) return { codec: h264, encodings: [{ maxBitrate: 800_000 }], codecOptions };
  }
  const encodings = [
    { scaleResolutionDownBy: 2, maxBitrate: 150_000, scalabilityMode: 'L1T1' },
    { scaleResolutionDownBy: 1, maxBitrate: 700_000, scalabilityMode: 'L1T1' },
  ];
  return { encodings, codecOptions };
}

/** Speech: one channel, 32 kbit/s, error correction on, silence not sent. */
export const audioOptions: Pick<types.ProducerOptions, 'codecOptions'> = {
  codecOptions: { opusStereo: false, opusFec: true, opusDtx: true, opusMaxAverageBitrate: 32_000 },
};
