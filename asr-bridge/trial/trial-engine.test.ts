import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { speakTrial, speakTrialSentences, TRIAL_SENTENCES, trialProgram } from '../testing/index.ts';
import { languageModel } from './make-language-model.ts';

const MODEL = '/usr/share/pocketsphinx/model/en-us/en-us';
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const LANGUAGE = [MODEL, file('zh-x-trial.dict'), file('zh-x-trial.arpa')];

interface Line {
  t: string;
  at: number;
  words: [string, number, number][];
}

async function run(args: string[], input: Buffer): Promise<{ code: number; lines: Line[]; complaint: string }> {
  const child = spawn(await trialProgram(), args);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  const lines =
    out.trim() === ''
      ? []
      : out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line);
  return { code, lines, complaint };
}

/** 48 kHz WAV → 16 kHz PCM, every third sample: enough for speech that was 16 kHz before. */
async function pcm16(wav: string): Promise<Buffer> {
  const bytes = await readFile(wav);
  const data = bytes.subarray(bytes.indexOf('data') + 8);
  const pcm = Buffer.alloc(Math.floor(data.length / 6) * 2);
  for (let i = 0; i < pcm.length / 2; i++) pcm.writeInt16LE(data.readInt16LE(i * 6), i * 2);
  return pcm;
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'qinqiao-trial-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the program of the trial engine', () => {
  it('understands the spoken test language word for word and says when each word ended', () =>
    inFolder(async (folder) => {
      const spoken = await speakTrialSentences(TRIAL_SENTENCES, 'slt', join(folder, 'all.wav'));
      const { code, lines } = await run(LANGUAGE, await pcm16(join(folder, 'all.wav')));
      expect(code).toBe(0);
      expect(lines[0]).toEqual({ t: 'ready' });
      expect(lines.at(-1)).toMatchObject({ t: 'end', at: expect.closeTo(spoken.durationMs, -2) as number });
      const words = lines.filter(({ t }) => t === 'final').flatMap((line) => line.words);
      expect(words.map(([word]) => word)).toEqual(spoken.words.map(({ word }) => word));
      const errors = words.map(([, , endMs], i) => Math.abs(endMs - (spoken.words[i]?.endMs ?? 0))).sort((a, b) => a - b);
      expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(50);
      expect(errors.at(-1)).toBeLessThan(200);
      expect(lines.filter(({ t }) => t === 'partial').length).toBeGreaterThan(TRIAL_SENTENCES.length * 2);
      expect(lines.filter(({ t }) => t === 'at').length).toBeGreaterThan(spoken.durationMs / 600);
    }));

  it('takes any bytes and an end at any place', async () => {
    let seed = 11;
    const noise = Buffer.from(Array.from({ length: 64_001 }, () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 24));
    for (const input of [Buffer.alloc(0), Buffer.alloc(1), noise]) {
      const { code, lines } = await run(LANGUAGE, input);
      expect([code, lines.at(-1)?.t]).toEqual([0, 'end']);
    }
  });

  it('says what it lacks', async () => {
    expect(await run([], Buffer.alloc(0))).toMatchObject({ code: 2, complaint: expect.stringContaining('usage') as string });
    const without = await run([MODEL, file('nothing.dict'), file('zh-x-trial.arpa')], Buffer.alloc(0));
    expect(without).toMatchObject({ code: 3, complaint: expect.stringContaining('nothing.dict') as string });
  });
});

describe('the spoken test language', () => {
  it('has a model made of its dictionary', async () => {
    expect(await readFile(file('zh-x-trial.arpa'), 'utf8')).toBe(languageModel(await readFile(file('zh-x-trial.dict'), 'utf8')));
  });

  it('refuses a word it does not have', () =>
    inFolder((folder) => expect(speakTrial(['监狱'], 'slt', join(folder, 'no.wav'))).rejects.toThrow('监狱')));
});
