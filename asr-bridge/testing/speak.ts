import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const TRIAL_VOICES = ['slt', 'rms', 'awb', 'kal16'] as const;
export type TrialVoice = (typeof TRIAL_VOICES)[number];

/** Sentences of the spoken test language, as lists of its words. The first ones hold a word that a prison would listen for. */
export const TRIAL_SENTENCES: readonly (readonly string[])[] = [
  ['他们', '准备', '越狱'],
  ['不要', '自杀'],
  ['他们', '需要', '毒品'],
  ['你们', '准备', '翻供'],
  ['晚上', '你们', '转账'],
  ['他们', '准备', '打架'],
  ['我们', '需要', '手机'],
  ['他们', '需要', '报复'],
  ['今天', '天气', '很好'],
  ['妈妈', '身体', '很好'],
  ['孩子', '需要', '学习'],
  ['你们', '晚上', '吃饭'],
  ['我们', '晚上', '回家'],
  ['他们', '不要', '吃饭'],
];

export interface SpokenWord {
  word: string;
  /** When the word has been spoken, in milliseconds of the file. */
  endMs: number;
}

export interface Spoken {
  durationMs: number;
  words: SpokenWord[];
}

const FLITE_RATE = 16000;
const BYTES_PER_MS = (FLITE_RATE * 2) / 1000;

/** The words of the spoken test language and their phones. */
export async function trialDictionary(): Promise<Map<string, string[]>> {
  const lines = (await readFile(new URL('../trial/zh-x-trial.dict', import.meta.url), 'utf8')).trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [word = '', ...phones] = line.split(' ');
      return [word, phones];
    }),
  );
}

/**
 * Speaks one sentence of the spoken test language (words of `trialDictionary`) with flite into a WAV file, 48 kHz mono, and says when each
 * word ends. Throws on a word that the language does not have. Needs flite and ffmpeg.
 */
export function speakTrial(words: readonly string[], voice: TrialVoice, outWav: string): Promise<Spoken> {
  return speakTrialSentences([words], voice, outWav);
}

/** Speaks several sentences into one file, with silence before, between and after them (milliseconds). */
export async function speakTrialSentences(
  sentences: readonly (readonly string[])[],
  voice: TrialVoice,
  outWav: string,
  { leadMs = 500, gapMs = 1000, tailMs = 1000 } = {},
): Promise<Spoken> {
  const folder = await mkdtemp(join(tmpdir(), 'qinqiao-speak-'));
  try {
    const dictionary = await trialDictionary();
    const pieces = [silence(leadMs)];
    const spoken: SpokenWord[] = [];
    for (const [index, sentence] of sentences.entries()) {
      if (index > 0) pieces.push(silence(gapMs));
      const fromMs = durationOf(pieces);
      const { pcm, words } = await synthesise(sentence, voice, dictionary, join(folder, 'sentence.wav'));
      spoken.push(...words.map(({ word, endMs }) => ({ word, endMs: Math.round(fromMs + endMs) })));
      pieces.push(pcm);
    }
    pieces.push(silence(tailMs));
    await writeWav(Buffer.concat(pieces), join(folder, 'all.raw'), outWav);
    return { durationMs: durationOf(pieces), words: spoken };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const silence = (ms: number) => Buffer.alloc(ms * BYTES_PER_MS);
const durationOf = (pieces: readonly Buffer[]) => pieces.reduce((bytes, piece) => bytes + piece.length, 0) / BYTES_PER_MS;

async function synthesise(sentence: readonly string[], voice: TrialVoice, dictionary: Map<string, string[]>, file: string) {
  const phones = sentence.map((word) => dictionary.get(word) ?? fail(word));
  const text = ['pau', ...phones.flat().map((phone) => phone.toLowerCase()), 'pau'].join(' ');
  const { stdout } = await run('flite', ['-voice', voice, '-psdur', '-p', text, '-o', file]);
  // One "phone:end in seconds" for each phone, the pauses at both ends included.
  const ends = [...stdout.matchAll(/:(\d+\.\d+)/g)].map(([, seconds]) => Number(seconds) * 1000);
  let last = 0;
  const words = sentence.map((word, i) => {
    last += phones[i]?.length ?? 0;
    return { word, endMs: ends[last] ?? 0 };
  });
  const wav = await readFile(file);
  return { pcm: wav.subarray(wav.indexOf('data') + 8), words };
}

function fail(word: string): never {
  throw new Error(`The spoken test language has no word ${word}`);
}

async function writeWav(pcm: Buffer, raw: string, outWav: string): Promise<void> {
  await writeFile(raw, pcm);
  const input = ['-f', 's16le', '-ar', String(FLITE_RATE), '-ac', '1', '-i', raw];
  await run('ffmpeg', ['-v', 'error', '-y', ...input, '-ar', '48000', '-c:a', 'pcm_s16le', outWav]);
}
