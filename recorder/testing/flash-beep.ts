import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { runFfmpeg } from '../finalise/index.ts';

export interface FlashBeepOptions {
  seconds: number;
  codec: 'vp8' | 'h264';
  size?: string;
  frameRate?: number;
  /** Of the picture, VP8 only: 500k. */
  bitrate?: string;
  /** Seconds between two flashes, and second of the first one: at a picture. */
  everyS?: number;
  firstS?: number;
  /** Pieces of a picture, H.264 only. */
  slices?: number;
  /** Pictures between two key frames. */
  keyEvery?: number;
}

/** Makes a file (.webm for VP8, .mkv for H.264, both with Opus) whose picture flashes whenever its sound beeps, over a moving pattern. */
export async function makeFlashBeep(path: string, options: FlashBeepOptions): Promise<void> {
  const {
    seconds,
    codec,
    size = '320x240',
    frameRate = 25,
    bitrate = '500k',
    slices = 1,
    everyS = 1,
    firstS = 0.48,
    keyEvery = 50,
  } = options;
  const on = (from: number, length: number) => `lt(mod(t-${from}+${everyS}\\,${everyS})\\,${length})`;
  const dark = `testsrc2=s=${size}:r=${frameRate}:d=${seconds},eq=brightness=-0.4:contrast=0.4`;
  const picture = `${dark}[dark];color=white:s=${size}:r=${frameRate}:d=${seconds}[white];[dark][white]overlay=enable='${on(firstS - 0.005, 0.12)}'[video]`;
  const sound = `aevalsrc='if(${on(firstS, 0.1)}\\,0.7*sin(2*PI*1000*t)\\,0)':s=48000:d=${seconds},asetnsamples=960[audio]`;
  const video =
    codec === 'vp8'
      ? ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', bitrate, '-auto-alt-ref', '0']
      : [
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-tune',
          'zerolatency',
          '-profile:v',
          'baseline',
          '-bf',
          '0',
          '-x264-params',
          `repeat-headers=1:slices=${slices}`,
        ];
  const audio = ['-c:a', 'libopus', '-b:a', '32k', '-frame_duration', '20'];
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const maps = ['-map', '[video]', '-map', '[audio]', '-pix_fmt', 'yuv420p', '-g', String(keyEvery)];
  await runFfmpeg(ffmpeg, ['-v', 'error', '-filter_complex', `${picture};${sound}`, ...maps, ...video, ...audio, '-y', path]);
}
