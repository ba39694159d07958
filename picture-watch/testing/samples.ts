import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';
import { CUT_OUTS, type PORTRAITS } from './clips.ts';

const run = promisify(execFile);
const IVF_HEADER = 32;
const FRAME_HEADER = 12;

export interface SampleOptions {
  /** Where the file goes that they are made in. */
  file: string;
  count: number;
  who: keyof typeof PORTRAITS;
  /** The other person is there too. */
  second?: boolean;
  /** `stands`: a tablet or a phone on a table; `hand`: a phone in the hand, so that all of the picture moves. */
  camera: 'stands' | 'hand';
  /** `0x205080`: the mask; without it a room. */
  mask?: string;
}

/**
 * What a watch gets of a person who moves about: a VP8 key frame every two seconds, as a camera's noise and a codec make it. Throws what
 * ffmpeg says.
 */
export async function makeSamples({ file, count, who, second = false, camera, mask }: SampleOptions): Promise<Buffer[]> {
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const other = CUT_OUTS[who === 'grace' ? 'astronaut' : 'grace'];
  const behind = mask ? `color=${mask}:s=640x480:r=0.5` : 'smptebars=s=640x480:r=0.5';
  const inputs = ['-f', 'lavfi', '-i', behind, '-i', CUT_OUTS[who], '-i', other];
  const noise = mask ? 'null' : 'noise=alls=6:allf=t';
  // Decoded once and shown again for each sample.
  const again = 'scale=-1:400,loop=-1:1,setpts=N*2/TB';
  const person = `[1]${again},scale=-1:'330+15*sin(t*0.37)':eval=frame[p];[0][p]overlay=x='150+35*sin(t*0.71)':y='H-h+12*sin(t*0.31)+15'[a]`;
  const company = second ? `;[2]${again},scale=-1:330[q];[a][q]overlay=x=410:y=150[b]` : ';[2]nullsink;[a]null[b]';
  const shaken = camera === 'hand' ? `crop=600:450:'20+15*sin(t*1.7)':'15+12*cos(t*2.3)',scale=640:480,` : '';
  const filter = `${person}${company};[b]${shaken}${noise},eq=brightness='0.03*sin(t*0.05)':eval=frame[v]`;
  // As large as a browser's key frames of this size: some 25 KB.
  const vp8 = '-c:v libvpx -b:v 8M -qmin 18 -qmax 18 -g 1 -deadline realtime -cpu-used 8 -auto-alt-ref 0'.split(' ');
  await run(ffmpeg, ['-v', 'error', '-y', ...inputs, '-filter_complex', filter, '-map', '[v]', ...vp8, '-frames:v', String(count), file]);
  return framesOf(await readFile(file));
}

function framesOf(ivf: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = IVF_HEADER; at < ivf.length; ) {
    const from = at + FRAME_HEADER;
    at = from + ivf.readUInt32LE(at);
    frames.push(ivf.subarray(from, at));
  }
  return frames;
}
