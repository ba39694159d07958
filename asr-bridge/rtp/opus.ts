import { opusDuration } from '@qinqiao/server-kit/rtp';
import { OpusDecoder } from 'opus-decoder';

/** Decodes one speaker's Opus to 16 kHz mono. */
export class SpeechDecoder {
  readonly #decoder = new OpusDecoder({
    sampleRate: 16000,
    channels: 1,
    streamCount: 1,
    coupledStreamCount: 0,
    channelMappingTable: [0],
  });

  static async create(): Promise<SpeechDecoder> {
    const decoder = new SpeechDecoder();
    await decoder.#decoder.ready;
    return decoder;
  }

  /** Samples at 16 kHz; null when the packet is broken. */
  decode(packet: Uint8Array): Int16Array | null {
    if (opusDuration(packet) === null) return null;
    const { channelData, samplesDecoded } = this.#decoder.decodeFrame(packet);
    const [samples] = channelData;
    if (!samples || samplesDecoded === 0) return null;
    const pcm = new Int16Array(samplesDecoded);
    for (let i = 0; i < samplesDecoded; i++) pcm[i] = Math.max(-1, Math.min(1, samples[i] ?? 0)) * 32767;
    return pcm;
  }

  free(): void {
    this.#decoder.free();
  }
}
