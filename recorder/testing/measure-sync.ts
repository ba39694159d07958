import { spawn } from 'node:child_process';
import { findFfmpeg } from '@qinqiao/server-kit/find-ffmpeg';

export interface MeasureSyncOptions {
  /** The file with the sound, when it is another one. */
  audioFile?: string;
  /** The part of the picture that flashes, in points, or in shares of the picture when all are below 1; the whole one without. */
  crop?: { x: number; y: number; width: number; height: number };
  /** A beep and a flash that are farther apart do not belong together, ms. */
  withinMs?: number;
}

export interface SyncMeasure {
  /** Audio minus video of each beep that has its flash, ms: positive when the sound comes late. */
  offsetsMs: number[];
  /**
   * The same without what a low frame rate explains: a flash begins somewhere between the last dark frame and the first bright one. 0
   * where the beep does as well, else how far it is from the nearer of the two.
   */
  beyondFramesMs: number[];
  medianMs: number;
  /** The one farthest from 0. */
  worstMs: number;
  /** Seconds at which the picture turned bright, and at which a beep began. */
  flashesS: number[];
  beepsS: number[];
}

/**
 * Measures how far sound and picture are apart in a recording of a flash-and-beep source: a picture that turns from dark to bright at
 * the instants at which a beep begins. Reads the times of the file itself, so that files which begin late may be compared.
 */
export async function measureSync(videoFile: string, options: MeasureSyncOptions = {}): Promise<SyncMeasure> {
  const { audioFile = videoFile, crop, withinMs = 250 } = options;
  const ffmpeg = await findFfmpeg(process.env['FFMPEG_PATH'] ?? null);
  const [flashes, beepsS] = await Promise.all([findFlashes(ffmpeg, videoFile, crop), findBeeps(ffmpeg, audioFile)]);
  const offsetsMs = nearest(flashes.map(({ bright }) => beepsS.map((beep) => (beep - bright) * 1000))).filter(
    (ms) => Math.abs(ms) <= withinMs,
  );
  const beyondFramesMs = nearest(
    flashes.map(({ dark, bright }) => beepsS.map((beep) => (beep - Math.min(bright, Math.max(dark, beep))) * 1000)),
  ).filter((ms) => Math.abs(ms) <= withinMs);
  const sorted = [...offsetsMs].sort((a, b) => a - b);
  const worstMs = [...offsetsMs].sort((a, b) => Math.abs(b) - Math.abs(a))[0] ?? Number.NaN;
  return {
    offsetsMs,
    medianMs: sorted[sorted.length >> 1] ?? Number.NaN,
    worstMs,
    beyondFramesMs,
    flashesS: flashes.map(({ bright }) => bright),
    beepsS,
  };
}

/** Of each list the number nearest to 0. */
const nearest = (lists: number[][]) =>
  lists.map((list) => list.reduce((best, ms) => (Math.abs(ms) < Math.abs(best) ? ms : best), Number.POSITIVE_INFINITY));

/** Seconds of the last dark frame and of the first bright one. */
async function findFlashes(ffmpeg: string, file: string, crop: MeasureSyncOptions['crop']): Promise<{ dark: number; bright: number }[]> {
  const cut = crop ? cropFilter(crop) : '';
  const filter = `${cut}scale=8:8:flags=area,format=gray,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-`;
  const { stdout } = await run(ffmpeg, ['-reinit_filter', '0', '-copyts', '-i', file, '-map', '0:v:0', '-vf', filter, '-f', 'null', '-']);
  const frames = [...stdout.toString().matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g)];
  const shown = frames.map(([, time, level]) => ({ second: Number(time), level: Number(level) }));
  const levels = shown.map(({ level }) => level);
  const middle = (Math.min(...levels) + Math.max(...levels)) / 2;
  return shown.flatMap(({ second, level }, i) => {
    const before = shown[i - 1];
    return level > middle && before && before.level <= middle ? [{ dark: before.second, bright: second }] : [];
  });
}

/** A recorded picture changes its size when its sender is short of processor or line; shares are taken of one size. */
function cropFilter({ x, y, width, height }: NonNullable<MeasureSyncOptions['crop']>): string {
  if ([x, y, width, height].some((value) => value >= 1)) return `crop=${width}:${height}:${x}:${y},`;
  return `scale=400:400:flags=area,crop=${Math.round(width * 400)}:${Math.round(height * 400)}:${Math.round(x * 400)}:${Math.round(y * 400)},`;
}

const RATE = 48_000;
/** A beep begins after this much quiet. */
const QUIET_SAMPLES = RATE / 10;

async function findBeeps(ffmpeg: string, file: string): Promise<number[]> {
  const filter = `aresample=${RATE},aformat=sample_fmts=flt:channel_layouts=mono,ashowinfo`;
  const { stdout, stderr } = await run(ffmpeg, ['-copyts', '-i', file, '-map', '0:a:0', '-af', filter, '-f', 'f32le', '-']);
  const frames = [...stderr.matchAll(/pts_time:(\S+).*?nb_samples:(\d+)/g)].map(
    ([, time, count]) => [Number(time), Number(count)] as const,
  );
  const samples = new Float32Array(new Uint8Array(stdout).buffer, 0, stdout.length >> 2);
  const threshold = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) * 0.1;
  const beeps: number[] = [];
  let at = 0;
  let quiet = 0;
  for (const [start, count] of frames) {
    for (let i = 0; i < count; i++) {
      const loud = Math.abs(samples[at + i] ?? 0) > threshold;
      if (loud && quiet > QUIET_SAMPLES) beeps.push(start + i / RATE);
      quiet = loud ? 0 : quiet + 1;
    }
    at += count;
  }
  return beeps;
}

function run(ffmpeg: string, args: string[]): Promise<{ stdout: Buffer; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(ffmpeg, ['-nostdin', '-hide_banner', '-nostats', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const messages: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => messages.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const stderr = Buffer.concat(messages).toString();
      if (code === 0) resolve({ stdout: Buffer.concat(output), stderr });
      else reject(new Error(`ffmpeg ended with ${code}: ${stderr.slice(-2000)}`));
    });
  });
}
