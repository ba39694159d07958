import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { AudioChannels } from '@qinqiao/contracts';
import type { FinishedFile } from '@qinqiao/domain/recordings';
import { runFfmpeg } from '../finalise/ffmpeg.ts';
import { describeFile } from '../finalise/files.ts';
import { chooseFormat } from '../finalise/formats.ts';
import { syncPath } from '../finalise/checks.ts';
import { type Waveform, writeWaveform } from '../finalise/waveform.ts';
import { IntakeError } from './fault.ts';
import { assertLength, probe } from './probe.ts';

/** The name under which the file as it came is kept. */
const PLAIN_EXTENSION = /^\.[a-z0-9]{1,8}$/;
const RATE = 8000;
const PER_SECOND = 20;
/** A file that names its length may be off by so much, encoders padding what they write. */
const OFF_MS = 2000;
const OFF_SHARE = 0.02;

interface Converting {
  ffmpeg: string;
  /** Where the file as it came lies, and where all that is made of it is left. */
  folder: string;
  upload: string;
  fileName: string;
  channels: AudioChannels;
  signal: AbortSignal;
  onProgress: (share: number) => void;
}

/** Which voices a file holds: participant and channel; null: all channels together. */
const VOICES: Record<AudioChannels, { participant: string; channel: number | null }[]> = {
  mixed: [{ participant: 'mixed', channel: null }],
  inmate_left: [
    { participant: 'inmate', channel: 0 },
    { participant: 'family', channel: 1 },
  ],
  inmate_right: [
    { participant: 'inmate', channel: 1 },
    { participant: 'family', channel: 0 },
  ],
};

/**
 * Makes of a file what a recording consists of: a sound file and a waveform for each voice, of two voices one with both, and the file as it came.
 * Throws IntakeError for what is not whole, sound, of two channels where two were promised, or of a sensible length.
 */
export async function convert(converting: Converting): Promise<{ files: FinishedFile[]; durationMs: number }> {
  const { ffmpeg, upload, channels, onProgress } = converting;
  const said = await probe(ffmpeg, upload);
  const voices = VOICES[channels];
  if (voices.length > said.channels) throw new IntakeError('one_channel', `${said.channels} channel`);
  const files: FinishedFile[] = [];
  let durationMs = 0;
  for (const [index, voice] of voices.entries()) {
    const made = await makeVoice(converting, voice, (share) => onProgress((0.9 * (index + share)) / voices.length), said.durationMs);
    files.push(...made.files);
    durationMs = Math.max(durationMs, made.durationMs);
  }
  assertWhole(durationMs, said.durationMs);
  if (voices.length > 1) files.push(await makeCombined(converting, durationMs));
  files.push(await keepOriginal(converting, durationMs));
  for (const { name } of files) await syncPath(join(converting.folder, name));
  return { files, durationMs };
}

function assertWhole(durationMs: number, saidMs: number | null): void {
  assertLength(durationMs);
  if (saidMs === null) return;
  const missing = saidMs - durationMs;
  if (missing > OFF_MS && missing > saidMs * OFF_SHARE) throw new IntakeError('truncated', `${durationMs} of ${saidMs} ms`);
}

async function makeVoice(
  { ffmpeg, folder, upload, signal }: Converting,
  { participant, channel }: { participant: string; channel: number | null },
  onProgress: (share: number) => void,
  saidMs: number | null,
): Promise<{ files: FinishedFile[]; durationMs: number }> {
  const name = `${participant}-audio.webm`;
  const path = join(folder, name);
  const raw = join(folder, `${participant}.pcm`);
  const one = channel === null ? ['-ac', '1'] : ['-af', `pan=mono|c0=c${channel}`];
  const opus = [...one, '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', '-f', 'webm', '-y', path];
  const plain = [...one, '-ar', String(RATE), '-c:a', 'pcm_s16le', '-f', 's16le', '-y', raw];
  const first = ['-map', '0:a:0', '-vn', '-map_metadata', '-1'];
  const report = (seconds: number) => onProgress(saidMs ? Math.min(1, (seconds * 1000) / saidMs) : 0);
  await decoding(
    runFfmpeg(ffmpeg, ['-v', 'error', '-i', upload, ...first, ...opus, ...first, ...plain, '-progress', 'pipe:1'], {
      signal,
      onProgress: report,
    }),
    signal,
  );
  const { waveform, durationMs } = await waveformOf(raw, participant);
  await rm(raw);
  const peaks = `${participant}-peaks.json`;
  await writeWaveform(join(folder, peaks), waveform);
  const times = { startMs: 0, durationMs };
  return {
    durationMs,
    files: [
      await describeFile(path, { name, participant, kind: 'audio', codec: 'opus', mimeType: 'audio/webm', ...times }),
      await describeFile(join(folder, peaks), {
        name: peaks,
        participant,
        kind: 'peaks',
        codec: 'json',
        mimeType: 'application/json',
        ...times,
      }),
    ],
  };
}

/** What ffmpeg cannot decode is no sound; that it was stopped says nothing of the file. */
async function decoding(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await work;
  } catch (error) {
    signal.throwIfAborted();
    throw new IntakeError('not_audio', error instanceof Error ? error.message : String(error));
  }
}

/** Of raw samples (s16le, 8 kHz): the waveform, and how long they last. */
async function waveformOf(path: string, participant: string): Promise<{ waveform: Waveform; durationMs: number }> {
  const perPair = RATE / PER_SECOND;
  const pairs: number[] = [];
  let samples = 0;
  let rest = Buffer.alloc(0);
  let [least, most] = [0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    const all = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = all.length - (all.length % 2);
    for (let at = 0; at < whole; at += 2) {
      const level = Math.round((all.readInt16LE(at) / 32768) * 127);
      if (level < least) least = level;
      if (level > most) most = level;
      if (++samples % perPair !== 0) continue;
      pairs.push(least, most);
      [least, most] = [0, 0];
    }
    rest = Buffer.from(all.subarray(whole));
  }
  if (samples % perPair !== 0) pairs.push(least, most);
  const peaks = Buffer.from(Int8Array.from(pairs).buffer).toString('base64');
  return {
    waveform: { version: 1, participant, fromMs: 0, perSecond: PER_SECOND, peaks },
    durationMs: Math.round((samples * 1000) / RATE),
  };
}

async function makeCombined({ ffmpeg, folder, upload, signal }: Converting, durationMs: number): Promise<FinishedFile> {
  const format = await chooseFormat(ffmpeg);
  const name = `combined.${format.extension}`;
  const path = join(folder, name);
  const mix = ['-af', 'pan=mono|c0=0.5*c0+0.5*c1', '-ar', String(format.rate), ...format.audio, ...format.file, '-y', path];
  await runFfmpeg(ffmpeg, ['-v', 'error', '-i', upload, '-map', '0:a:0', '-vn', '-map_metadata', '-1', ...mix], { signal });
  const mimeType = `audio/${format.extension}`;
  const about = { participant: 'all', kind: 'combined', codec: format.codecs.audio, mimeType, startMs: 0, durationMs } as const;
  return describeFile(path, { name, ...about });
}

async function keepOriginal({ folder, upload, fileName }: Converting, durationMs: number): Promise<FinishedFile> {
  const extension = extname(fileName).toLowerCase();
  const name = `original${PLAIN_EXTENSION.test(extension) ? extension : ''}`;
  const path = join(folder, name);
  await rename(upload, path);
  const about = { participant: 'all', kind: 'original', codec: extension.slice(1, 17), mimeType: 'application/octet-stream' } as const;
  return describeFile(path, { name, ...about, startMs: 0, durationMs });
}
