import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import type { VideoCodec } from '../track/key-frames.ts';
import { H264Decoder } from './h264.ts';
import type { StillDecoder } from './port.ts';
import { Vp8Decoder } from './vp8.ts';

/** Opens what decodes a track's key frames. Throws `FfmpegError` for H.264 where there is no ffmpeg. */
export async function openDecoder(codec: VideoCodec, ffmpegPath: string | null): Promise<StillDecoder> {
  return codec === 'vp8' ? new Vp8Decoder() : new H264Decoder(await findFfmpeg(ffmpegPath));
}
