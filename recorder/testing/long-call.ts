import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallId, Instant, PrisonId, SenderReport } from '@qinqiao/contracts';
import { closeRecording, insideStorage, openRecording, recordingFolder } from '@qinqiao/domain/recordings';
import { type CryptoProvider, type Db, toInstant } from '@qinqiao/server-kit';
import {
  BatchedFile,
  BlockBuilder,
  diskStorage,
  EVENTS_FILE,
  EventLog,
  FileCipher,
  makeTake,
  makeTakeKey,
  type TakeEvent,
} from '../journal/index.ts';
import { type FlashBeepOptions, makeFlashBeep } from './flash-beep.ts';
import { readFrames, type SourceFrame } from './packetise.ts';
import { newTrack } from './virtual-call.ts';
import { type Device, send, type VirtualTrack } from './virtual-sender.ts';

export interface Clip {
  seconds: number;
  codec: 'vp8' | 'h264';
  audio: SourceFrame[];
  video: SourceFrame[];
}

/** A clip of a flash and a beep each second over a moving picture. It begins with a key frame, so that it can be played over and over. */
export async function makeClip(options: Partial<FlashBeepOptions> = {}): Promise<Clip> {
  const { seconds = 20, codec = 'vp8', size = '640x480', keyEvery = 250 } = options;
  const folder = await mkdtemp(join(tmpdir(), 'qinqiao-clip-'));
  try {
    const path = join(folder, codec === 'vp8' ? 'clip.webm' : 'clip.mkv');
    await makeFlashBeep(path, { ...options, seconds, codec, size, keyEvery });
    return await readClip(path, { seconds, codec });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads a file's first `seconds` as a clip; its picture must be VP8 or H.264, its sound Opus in packets of 20 ms. */
export async function readClip(path: string, { seconds, codec }: Pick<Clip, 'seconds' | 'codec'>): Promise<Clip> {
  const [audio, video] = [await readFrames(path, 'audio'), await readFrames(path, 'video')];
  const within = ({ ms }: SourceFrame) => ms < seconds * 1000 - 0.5;
  return { seconds, codec, audio: audio.filter(within), video: video.filter(within) };
}

export interface LongCall {
  callId: CallId;
  epoch: Instant;
  minutes: number;
  clip: Clip;
  /** inmate and family without it. */
  devices?: Partial<Record<'inmate' | 'family', Device>>;
}

/**
 * Writes the journals of a call of two parties as a recorder leaves them when the call is over; an hour takes seconds. `folder`: the
 * call's, absolute.
 */
export async function writeLongCall(folder: string, call: LongCall, crypto: Pick<CryptoProvider, 'wrapKey'>): Promise<void> {
  const { callId, epoch, minutes, clip, devices = { inmate: {}, family: {} } } = call;
  const epochMs = Date.parse(epoch);
  const { take, folder: takeFolder } = await makeTake(folder, diskStorage);
  const key = await makeTakeKey(crypto, diskStorage, { callId, take, folder: takeFolder });
  const log = new EventLog(await diskStorage.create(join(takeFolder, EVENTS_FILE)), new FileCipher(key, EVENTS_FILE));
  log.append({ type: 'open', atMs: epochMs, callId, epoch, owner: 'test', version: 'test' });
  const parties = Object.entries(devices) as ['inmate' | 'family', Device][];
  for (const [role, device] of parties) {
    for (const [kind, codec] of [['audio', 'opus'] as const, ['video', clip.codec] as const]) {
      const file = `${role}-${kind}.rtp`;
      const track = { ...newTrack(role, codec), callId };
      log.append({ type: 'track', atMs: epochMs, file, track });
      const journal = new JournalFile(new BatchedFile(await diskStorage.create(join(takeFolder, file))), new FileCipher(key, file));
      for (const sent of playOver({ track, frames: clip[kind], fromS: 0 }, { device, epochMs, minutes, seconds: clip.seconds })) {
        await journal.write(sent.datagrams);
        for (const event of sent.reports.map(toEvent)) log.append(event);
        await log.flush();
      }
      await journal.close();
    }
  }
  log.append({ type: 'close', atMs: epochMs + minutes * 60_000, cause: 'closed' });
  await log.close();
}

const toEvent = (report: SenderReport): TakeEvent => ({ type: 'report', atMs: report.arrivedAtMs, report });

/** A track's clip over and over, its counters going on. */
function* playOver(
  track: VirtualTrack,
  { device, epochMs, minutes, seconds }: { device: Device; epochMs: number; minutes: number; seconds: number },
) {
  let firstSequence = 100;
  let firstFrame = 0;
  for (let fromS = 0; fromS < minutes * 60; fromS += seconds) {
    const sent = send({ ...track, fromS, firstSequence, firstFrame }, device, epochMs);
    yield sent;
    firstSequence = sent.nextSequence;
    firstFrame += track.frames.length;
  }
}

/** Writes packets in blocks as a live call does: one per 200 ms. */
class JournalFile {
  readonly #file: BatchedFile;
  readonly #block: BlockBuilder;

  constructor(file: BatchedFile, cipher: FileCipher) {
    this.#file = file;
    this.#block = new BlockBuilder(cipher);
  }

  async write(datagrams: readonly { arrivalMs: number; datagram: Buffer }[]): Promise<void> {
    for (const { arrivalMs, datagram } of datagrams) {
      if (!this.#block.empty && arrivalMs - this.#block.baseMs > 200) this.#file.append(this.#block.take());
      this.#block.add(arrivalMs, datagram);
    }
    await this.#file.flush();
  }

  async close(): Promise<void> {
    if (!this.#block.empty) this.#file.append(this.#block.take());
    await this.#file.close();
  }
}

/**
 * Puts a call into the store as one whose recording is over and whose files are to be made: the next recorder that starts makes them.
 * Answers the call's folder.
 */
export async function storeLongCall(
  { db, dataDir, crypto }: { db: Db; dataDir: string; crypto: Pick<CryptoProvider, 'wrapKey'> },
  call: LongCall & { prisonId: PrisonId },
): Promise<string> {
  const { callId, prisonId, epoch, minutes } = call;
  const folder = insideStorage(dataDir, recordingFolder(callId, epoch));
  await openRecording(db, { callId, prisonId, epoch, owner: 'test', at: epoch });
  await writeLongCall(folder, call, crypto);
  await closeRecording(db, callId, toInstant(Date.parse(epoch) + minutes * 60_000), () => Promise.resolve());
  return folder;
}
