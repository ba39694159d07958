import { readFile } from 'node:fs/promises';
import { CallId, Instant, SenderReport, TapTrack, TrackId } from '@qinqiao/contracts';
import { BatchedFile } from './batched-file.ts';
import { sealBlock } from './block.ts';
import type { FileCipher } from './cipher.ts';
import { newDamage, readBlocks } from './read.ts';
import type { AppendFile } from './storage.ts';

/** What happened during one take, one JSON line each; `atMs` is milliseconds since 1970 by the take's clock. */
export type TakeEvent = { atMs: number } & (
  | { type: 'open'; callId: CallId; epoch: Instant; owner: string; version: string }
  /** `file` is the journal of the packets that carry the track's ssrc. */
  | { type: 'track'; file: string; track: TapTrack }
  | { type: 'trackEnd'; trackId: TrackId }
  | { type: 'report'; report: SenderReport }
  /** Packets of `file` that were given up because they could not be written. */
  | { type: 'dropped'; file: string; fromMs: number; toMs: number; packets: number }
  | { type: 'stats'; streams: Record<string, { packets: number; bytes: number }>; strangers: number }
  /** closed: the call is over · suspended: this recorder stops, another one may go on. Without it the recorder was killed. */
  | { type: 'close'; cause: 'closed' | 'suspended' }
);

type Check = (line: Record<string, unknown>) => boolean;
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const checks: Record<TakeEvent['type'], Check> = {
  open: (line) => CallId.safeParse(line['callId']).success && Instant.safeParse(line['epoch']).success,
  track: (line) => typeof line['file'] === 'string' && TapTrack.safeParse(line['track']).success,
  trackEnd: (line) => TrackId.safeParse(line['trackId']).success,
  report: (line) => SenderReport.safeParse(line['report']).success,
  dropped: (line) => typeof line['file'] === 'string' && isNumber(line['fromMs']) && isNumber(line['toMs']),
  stats: () => true,
  close: (line) => line['cause'] === 'closed' || line['cause'] === 'suspended',
};

/** What a take's events are in: blocks of lines; or, before journals were encrypted, the lines themselves. */
export const EVENTS_FILE = 'events.qqj';
export const PLAIN_EVENTS_FILE = 'events.jsonl';

export const encodeEvent = (event: TakeEvent): Buffer => Buffer.from(`${JSON.stringify(event)}\n`);

/** Reads a take's events; lines that are cut short or damaged are left out. */
export async function readEvents(path: string, cipher: FileCipher | null): Promise<TakeEvent[]> {
  const text = cipher ? await readSealedText(path, cipher) : await readFile(path, 'utf8');
  return text.split('\n').flatMap((line) => {
    const event = parseLine(line);
    return event ? [event] : [];
  });
}

async function readSealedText(path: string, cipher: FileCipher): Promise<string> {
  const bodies: Buffer[] = [];
  for await (const body of readBlocks(path, cipher, newDamage())) bodies.push(body);
  return Buffer.concat(bodies).toString('utf8');
}

/** Writes a take's events. */
export class EventLog {
  readonly #file: BatchedFile;
  readonly #cipher: FileCipher;
  #waiting: Buffer[] = [];

  constructor(file: AppendFile, cipher: FileCipher) {
    this.#file = new BatchedFile(file);
    this.#cipher = cipher;
  }

  /** It is written with the next flush. */
  append(event: TakeEvent): void {
    this.#waiting.push(encodeEvent(event));
  }

  /** Writes what waits. Throws the disk's error; nothing is lost then. */
  flush(): Promise<void> {
    this.#seal();
    return this.#file.flush();
  }

  /** Writes what waits, brings it onto the disk and closes. */
  close(): Promise<void> {
    this.#seal();
    return this.#file.close();
  }

  #seal(): void {
    if (this.#waiting.length > 0) this.#file.append(sealBlock(this.#cipher, Buffer.concat(this.#waiting)));
    this.#waiting = [];
  }
}

function parseLine(line: string): TakeEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const record = value as Record<string, unknown>;
    const check = checks[record['type'] as TakeEvent['type']] as Check | undefined;
    return check?.(record) && isNumber(record['atMs']) ? (value as TakeEvent) : null;
  } catch {
    return null;
  }
}
