import { FfmpegError } from '@qinqiao/server-kit/find-ffmpeg';
import { hasEncoders } from './ffmpeg.ts';
import { FRAME_RATE } from './picture.ts';

/** Seconds from one key frame to the next: a player that jumps decodes so much at most. */
export const COMBINED_KEY_EVERY_S = 2;
export const KEY_EVERY = String(COMBINED_KEY_EVERY_S * FRAME_RATE);

// Measured with two talking heads (docs/performance.md): ultrafast makes files of three times the size for a tenth less time, looking ahead
// and weighing macroblocks saves a quarter of the size for a tenth more.
const X264 = 'rc-lookahead=0:sync-lookahead=0:mbtree=0:weightp=0:scenecut=0:bframes=0';

const FORMATS = [
  {
    encoders: ['libx264', 'aac'],
    extension: 'mp4',
    video: ['-c:v', 'libx264', '-preset', 'superfast', '-x264-params', X264, '-crf', '28', '-maxrate', '1500k', '-bufsize', '3000k'],
    rate: 32_000,
    audio: ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '48k'],
    file: ['-movflags', '+faststart', '-f', 'mp4'],
    codecs: { video: 'h264', audio: 'aac' },
  },
  {
    encoders: ['libvpx', 'libopus'],
    extension: 'webm',
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1000k'],
    rate: 48_000,
    audio: ['-c:a', 'libopus', '-b:a', '48k'],
    file: ['-f', 'webm'],
    codecs: { video: 'vp8', audio: 'opus' },
  },
] as const;
export type Format = (typeof FORMATS)[number];

/** The best this ffmpeg can make. Throws FfmpegError when it can make none. */
export async function chooseFormat(ffmpeg: string): Promise<Format> {
  for (const format of FORMATS) if (await hasEncoders(ffmpeg, ...format.encoders)) return format;
  throw new FfmpegError('ffmpeg has neither libx264 with aac nor libvpx with libopus');
}
