import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RtpAddress, TapTrack } from '@qinqiao/contracts';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';

const run = promisify(execFile);
const MEDIA = resolve(import.meta.dirname, '../../faces/testing/media');
/** Two persons, both pictures in the public domain (see the folder's README). */
export const PORTRAITS = { grace: join(MEDIA, 'grace_hopper.jpg'), astronaut: join(MEDIA, 'astronaut.png') };

const E2E_MEDIA = resolve(import.meta.dirname, '../../e2e/media');
/** The same persons without what is behind them. */
export const CUT_OUTS: Record<keyof typeof PORTRAITS, string> = {
  grace: join(E2E_MEDIA, 'grace-hopper-cut-out.webp'),
  astronaut: join(E2E_MEDIA, 'astronaut-cut-out.webp'),
};

export interface ClipOptions {
  file: string;
  seconds: number;
  codec: 'vp8' | 'h264';
  /** Behind the person: one colour (`0x205080`), or `room`: a colourful test picture. */
  background: string;
  who?: keyof typeof PORTRAITS | null;
  /** The person alone, without what is behind him in his portrait. */
  cutOut?: boolean;
  /** From when on the other person is there too; never without. */
  secondFromS?: number;
  /** Key frames every so many seconds. */
  keyS?: number;
}

/** Makes a clip of 640 × 480 in which a person sways, and another may come in. Throws what ffmpeg says. */
export async function makeClip({
  file,
  seconds,
  codec,
  background,
  who = 'grace',
  cutOut = false,
  secondFromS,
  keyS = 2,
}: ClipOptions): Promise<string> {
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const behind = background === 'room' ? 'testsrc2=s=640x480:r=15' : `color=${background}:s=640x480:r=15`;
  const picture = (path: string) => ['-loop', '1', '-r', '15', '-i', path];
  const other = who === 'astronaut' ? PORTRAITS.grace : PORTRAITS.astronaut;
  const inputs = [
    '-f',
    'lavfi',
    '-i',
    behind,
    ...(who ? picture((cutOut ? CUT_OUTS : PORTRAITS)[who]) : []),
    ...(secondFromS === undefined ? [] : picture(other)),
  ];
  const one = who ? `[1]scale=-1:400[p];[0][p]overlay=x='60+25*sin(t*1.3)':y=80[a]` : '[0]null[a]';
  const two =
    secondFromS === undefined ? '' : `;[${who ? 2 : 1}]scale=-1:400[q];[a][q]overlay=x=360:y=80:enable='gte(t,${secondFromS})'[a]`;
  const encoders = {
    vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-auto-alt-ref', '0'],
    h264: ['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency'],
  };
  const output = [...encoders[codec], '-b:v', '700k', '-g', String(15 * keyS), '-pix_fmt', 'yuv420p', '-t', String(seconds), file];
  await run(ffmpeg, ['-v', 'error', '-y', ...inputs, '-filter_complex', one + two, '-map', '[a]', ...output]);
  return file;
}

/** How long the media engine lets pass of each turn, in seconds. */
const PASSED_S = 0.4;

/** Sends a clip as RTP in real time, packed by ffmpeg without encoding anew. Answers the process that does it. */
export async function sendClip(file: string, { ssrc, codec, stillsEveryMs }: TapTrack, { ip, port }: RtpAddress): Promise<ChildProcess> {
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const to = `rtp://${ip}:${port}?rtcpport=9&pkt_size=1200`;
  // Files keep the parameter sets aside, browsers send them with each key frame.
  const inBand = codec.mimeType === 'video/H264' ? ['h264_mp4toannexb'] : [];
  // As the media engine does: what lies between the key frames' first moments is left out.
  const stills = stillsEveryMs === undefined ? [] : [`noise=drop='gt(mod(pts*tb\\,${stillsEveryMs / 1000})\\,${PASSED_S})'`];
  const filters = [...inBand, ...stills];
  const filtered = filters.length > 0 ? ['-bsf:v', filters.join(',')] : [];
  const rtp = ['-c', 'copy', ...filtered, '-ssrc', String(ssrc), '-payload_type', String(codec.payloadType), '-f', 'rtp', to];
  return spawn(ffmpeg, ['-nostdin', '-v', 'error', '-re', '-i', file, '-map', '0:v:0', ...rtp], { stdio: ['ignore', 'ignore', 'inherit'] });
}
