import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Pixels } from '../look/pixels.ts';
import type { Still, StillDecoder } from './port.ts';
import { PpmReader } from './ppm.ts';
import { stillOf } from './raw.ts';

/** Of a process that was just started; later ones take some milliseconds. */
const TIMEOUT_MS = 3000;
/** ffmpeg gives out a picture only when the next one comes, so each is given twice, and the first of the two is taken. */
const COPIES = 2;
const START_CODE = Buffer.of(0, 0, 0, 1);
/** An access unit delimiter: shows the decoder that the picture before it is complete (ITU-T H.264, 7.4.1.2.3). */
const END = Buffer.of(0, 0, 0, 1, 9, 0xf0);

// What refers to an earlier picture never comes: every frame is a key frame, and is decoded by itself.
const INPUT = ['-threads', '1', '-flags', 'low_delay', '-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0', '-f', 'h264'];
const OUTPUT = ['-fps_mode', 'passthrough', '-c:v', 'ppm', '-f', 'image2pipe', 'pipe:1'];

/** From NAL units with a length before each to the byte stream of Annex B. */
const annexB = (frame: Buffer) => Buffer.concat([...nalsOf(frame).flatMap((nal) => [START_CODE, nal]), END]);

const SEQUENCE_PARAMETERS = 7;
const parametersOf = (frame: Buffer) => Buffer.concat(nalsOf(frame).filter((nal) => ((nal[0] ?? 0) & 0x1f) === SEQUENCE_PARAMETERS));

function nalsOf(frame: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  for (let at = 0; at + 4 <= frame.length; ) {
    const end = at + 4 + frame.readUInt32BE(at);
    nals.push(frame.subarray(at + 4, end));
    at = end;
  }
  return nals;
}

/**
 * Decodes with an ffmpeg of the track's own, which lives as long as the track: starting one costs more than decoding. One that does not
 * answer, or died, is replaced at the next picture.
 */
export class H264Decoder implements StillDecoder {
  readonly #ffmpeg: string;
  #process: ChildProcessByStdio<Writable, Readable, null> | null = null;
  /** Pictures given to and got from this process. */
  #given = 0;
  #got = 0;
  #parameters: Buffer = Buffer.alloc(0);
  #waiting: { resolve(pixels: Pixels): void; reject(error: Error): void } | null = null;

  constructor(ffmpeg: string) {
    this.#ffmpeg = ffmpeg;
  }

  async decode(frame: Buffer): Promise<Still> {
    if (this.#waiting) throw new Error('the picture before is still being decoded');
    const process = this.#processFor(frame);
    const decoded = new Promise<Pixels>((resolve, reject) => (this.#waiting = { resolve, reject }));
    const timeout = setTimeout(() => this.#fail(new Error('ffmpeg did not answer')), TIMEOUT_MS);
    const unit = annexB(frame);
    this.#given += COPIES;
    process.stdin.write(Buffer.concat([unit, unit]));
    try {
      return await stillOf(await decoded);
    } finally {
      clearTimeout(timeout);
      this.#waiting = null;
    }
  }

  /** ffmpeg scales all pictures to the size of the first: after a turned phone a new one is started. */
  #processFor(frame: Buffer): ChildProcessByStdio<Writable, Readable, null> {
    const parameters = parametersOf(frame);
    if (this.#process && !parameters.equals(this.#parameters)) this.#end();
    this.#parameters = parameters;
    this.#process ??= this.#start();
    return this.#process;
  }

  #start(): ChildProcessByStdio<Writable, Readable, null> {
    const args = ['-v', 'error', '-nostdin', ...INPUT, '-i', 'pipe:0', ...OUTPUT];
    const process = spawn(this.#ffmpeg, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const reader = new PpmReader();
    this.#given = this.#got = 0;
    process.stdout.on('data', (chunk: Buffer) => {
      try {
        for (const pixels of reader.push(chunk)) if (process === this.#process) this.#take(pixels);
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    const gone = (error?: Error) => process === this.#process && this.#fail(error ?? new Error('ffmpeg ended'));
    process.on('error', gone);
    process.on('exit', () => gone());
    process.stdin.on('error', () => undefined);
    return process;
  }

  #take(pixels: Pixels): void {
    if (this.#got++ === this.#given - COPIES) this.#waiting?.resolve(pixels);
  }

  #fail(error: Error): void {
    this.#end();
    this.#waiting?.reject(error);
  }

  #end(): void {
    this.#process?.kill('SIGKILL');
    this.#process = null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error('the track has ended'));
    return Promise.resolve();
  }
}
