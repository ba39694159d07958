import { writeFile } from 'node:fs/promises';
import { opusDuration } from '@qinqiao/server-kit/rtp';
import { OpusDecoder } from 'opus-decoder';

/** What a `…-peaks.json` holds: the waveform of one participant's voice. */
export interface Waveform {
  version: 1;
  participant: string;
  /** Millisecond of the call at which the first pair lies. */
  fromMs: number;
  /** Pairs per second. */
  perSecond: number;
  /** Base64 of Int8 pairs: the least and the greatest sample of each stretch, 127 is full scale. */
  peaks: string;
}

const PER_SECOND = 20;
const SAMPLE_RATE = 8000;
const SAMPLES_PER_PAIR = SAMPLE_RATE / PER_SECOND;

/** Measures how loud a voice is, packet by packet. To be freed. */
export class WaveformMeter {
  readonly #decoder = new OpusDecoder({
    sampleRate: SAMPLE_RATE,
    channels: 1,
    streamCount: 1,
    coupledStreamCount: 0,
    channelMappingTable: [0],
  });
  #pairs = new Int8Array(2 * PER_SECOND * 600);
  #first = Number.POSITIVE_INFINITY;
  #end = 0;

  static async create(): Promise<WaveformMeter> {
    const meter = new WaveformMeter();
    await meter.#decoder.ready;
    return meter;
  }

  /** Takes an Opus packet that begins at a millisecond of the call; a broken one counts as silence. */
  add(atMs: number, packet: Uint8Array): void {
    if (opusDuration(packet) === null) return;
    const { channelData, samplesDecoded } = this.#decoder.decodeFrame(packet);
    const samples = channelData[0];
    if (!samples || samplesDecoded === 0) return;
    const start = Math.max(0, Math.round((atMs / 1000) * SAMPLE_RATE));
    const end = Math.ceil((start + samplesDecoded) / SAMPLES_PER_PAIR);
    this.#makeRoom(end);
    this.#first = Math.min(this.#first, Math.floor(start / SAMPLES_PER_PAIR));
    this.#end = Math.max(this.#end, end);
    for (let i = 0; i < samplesDecoded; i++) this.#widen(Math.floor((start + i) / SAMPLES_PER_PAIR), samples[i] ?? 0);
  }

  #widen(pair: number, sample: number): void {
    const level = Math.round(Math.max(-1, Math.min(1, sample)) * 127);
    if (level < (this.#pairs[2 * pair] ?? 0)) this.#pairs[2 * pair] = level;
    if (level > (this.#pairs[2 * pair + 1] ?? 0)) this.#pairs[2 * pair + 1] = level;
  }

  #makeRoom(pairs: number): void {
    if (2 * pairs <= this.#pairs.length) return;
    const bigger = new Int8Array(Math.max(2 * pairs, 2 * this.#pairs.length));
    bigger.set(this.#pairs);
    this.#pairs = bigger;
  }

  /** Null when nothing was heard that could be decoded. */
  result(participant: string): { waveform: Waveform; durationMs: number } | null {
    if (this.#end === 0) return null;
    const pairs = this.#pairs.subarray(2 * this.#first, 2 * this.#end);
    const peaks = Buffer.from(pairs.buffer, pairs.byteOffset, pairs.byteLength).toString('base64');
    const pairMs = 1000 / PER_SECOND;
    const waveform = { version: 1 as const, participant, fromMs: this.#first * pairMs, perSecond: PER_SECOND, peaks };
    return { waveform, durationMs: (this.#end - this.#first) * pairMs };
  }

  free(): void {
    this.#decoder.free();
  }
}

export const writeWaveform = (path: string, waveform: Waveform): Promise<void> =>
  writeFile(path, JSON.stringify(waveform), { flag: 'wx', mode: 0o600 });
