import { writeFile } from 'node:fs/promises';

// A language of tones: each of these characters is a tone of its own. A test peer can truly understand it without any model.
const HERTZ: Record<string, number> = { 越: 300, 狱: 500, 他: 700, 们: 900, 要: 1100, 手: 1300, 机: 1500, 好: 1700 };
const RATE = 48000;
const TONE_MS = 240;
const PAUSE_MS = 80;
/** After each sentence; a sentence ends with 。 */
const SENTENCE_PAUSE_MS = 900;

/** Writes the text as tones into a WAV file, 48 kHz mono. Answers how long it is, in milliseconds. */
export async function writeTones(text: string, outWav: string): Promise<number> {
  const samples = tonePcm(text, RATE);
  const pcm = Buffer.from(samples.buffer);
  await writeFile(outWav, Buffer.concat([wavHeader(pcm.length), pcm]));
  return samples.length / (RATE / 1000);
}

/** The text as tones, by default as engines take it: 16 kHz mono. */
export function tonePcm(text: string, rate = 16_000): Int16Array {
  const silence = (ms: number) => new Int16Array((ms * rate) / 1000);
  const pieces = [
    silence(300),
    ...Array.from(text).flatMap((character) =>
      character === '。' ? [silence(SENTENCE_PAUSE_MS)] : [tone(character, rate), silence(PAUSE_MS)],
    ),
  ];
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function tone(character: string, rate: number): Int16Array {
  const hertz = HERTZ[character];
  if (hertz === undefined) throw new Error(`No tone for ${character}`);
  return Int16Array.from({ length: (TONE_MS * rate) / 1000 }, (_, i) => 9000 * Math.sin((2 * Math.PI * hertz * i) / rate));
}

function wavHeader(bytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}

export interface HeardTone {
  character: string;
  startMs: number;
  endMs: number;
}

const FRAME_MS = 20;
const FRAME_SAMPLES = 320;

/** Understands tones in 16 kHz PCM as it comes, in steps of 20 ms. */
export class ToneEar {
  readonly tones: HeardTone[] = [];
  #now = 0;
  #startMs: number | null = null;
  #crossings = 0;
  #frames = 0;
  #endedAt = 0;

  /** How long it has been silent, in ms. */
  get silentMs(): number {
    return this.#startMs === null ? this.#now - this.#endedAt : 0;
  }

  hear(pcm: Int16Array): void {
    for (let at = 0; at + FRAME_SAMPLES <= pcm.length; at += FRAME_SAMPLES) this.#step(pcm.subarray(at, at + FRAME_SAMPLES));
  }

  #step(frame: Int16Array): void {
    const power = frame.reduce((sum, sample) => sum + Math.abs(sample), 0) / frame.length;
    if (power > 2500) {
      this.#startMs ??= this.#now;
      this.#crossings += crossings(frame);
      this.#frames++;
    } else if (this.#startMs !== null) {
      this.#finish(this.#startMs);
    }
    this.#now += FRAME_MS;
  }

  #finish(startMs: number): void {
    const hertz = (this.#crossings / this.#frames / FRAME_MS) * 500;
    const [character] = Object.entries(HERTZ).find(([, each]) => Math.abs(each - hertz) < 100) ?? ['？'];
    if (this.#frames >= 5) this.tones.push({ character, startMs, endMs: this.#now });
    this.#startMs = null;
    this.#crossings = 0;
    this.#frames = 0;
    this.#endedAt = this.#now;
  }
}

function crossings(frame: Int16Array): number {
  let count = 0;
  for (let i = 1; i < frame.length; i++) if ((frame[i - 1] ?? 0) < 0 !== (frame[i] ?? 0) < 0) count++;
  return count;
}
