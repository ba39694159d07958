import { basename, join } from 'node:path';
import type { TapTrack } from '@qinqiao/contracts';
import { FileCipher } from './cipher.ts';
import { EVENTS_FILE, PLAIN_EVENTS_FILE, readEvents, type TakeEvent } from './events.ts';
import { JOURNAL_FOLDER, listTakes } from './folders.ts';
import type { TakeKeys } from './keys.ts';

/** The packets of one ssrc of a track in one take. */
export interface TakeStream {
  path: string;
  /** The take's data key; null when it was written in the clear. */
  key: Uint8Array | null;
  track: TapTrack;
  announcedMs: number;
  endedMs: number | null;
  dropped: { fromMs: number; toMs: number; packets: number }[];
}

export interface Take {
  openedMs: number;
  /** When it was closed in order; null when its recorder was killed. */
  closedMs: number | null;
  /** Last instant of which anything is known. */
  lastMs: number;
  streams: TakeStream[];
  reports: Extract<TakeEvent, { type: 'report' }>['report'][];
}

export interface Takes {
  takes: Take[];
  /** Names of those that were recorded, but whose key cannot be read. */
  unreadable: string[];
}

/** Reads what is known of a call's takes, oldest first. A take without readable events has no packets that could be told apart and is left out. */
export async function readTakes(callFolder: string, keys: TakeKeys): Promise<Takes> {
  const found: Takes = { takes: [], unreadable: [] };
  for (const name of await listTakes(callFolder)) {
    const folder = join(callFolder, JOURNAL_FOLDER, name);
    const key = keys[name] ?? null;
    const sealed = await eventsIn(folder, EVENTS_FILE, key);
    if (sealed && !key) found.unreadable.push(name);
    const events = sealed ?? (await eventsIn(folder, PLAIN_EVENTS_FILE, null)) ?? [];
    if (events.length > 0) found.takes.push(toTake(folder, events, key));
  }
  return found;
}

/** Null when there is no such file; no events when it cannot be read without a key. */
async function eventsIn(folder: string, file: string, key: Uint8Array | null): Promise<TakeEvent[] | null> {
  const cipher = key && new FileCipher(key, file);
  return readEvents(join(folder, file), cipher).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** What opens a stream's journal; null when it is not sealed. */
export const cipherOf = (stream: Pick<TakeStream, 'path' | 'key'>): FileCipher | null =>
  stream.key && new FileCipher(stream.key, basename(stream.path));

function toTake(folder: string, events: TakeEvent[], key: Uint8Array | null): Take {
  const take: Take = { openedMs: events[0]?.atMs ?? 0, closedMs: null, lastMs: 0, streams: [], reports: [] };
  for (const event of events) {
    take.lastMs = Math.max(take.lastMs, event.atMs);
    if (event.type === 'open') take.openedMs = event.atMs;
    else if (event.type === 'track') take.streams.push({ ...newStream(folder, event), key });
    else if (event.type === 'trackEnd') endStreams(take, event);
    else if (event.type === 'report') take.reports.push(event.report);
    else if (event.type === 'dropped') take.streams.find((stream) => stream.path === join(folder, event.file))?.dropped.push(event);
    else if (event.type === 'close') take.closedMs = event.atMs;
  }
  return take;
}

const newStream = (folder: string, event: Extract<TakeEvent, { type: 'track' }>): Omit<TakeStream, 'key'> => ({
  path: join(folder, event.file),
  track: event.track,
  announcedMs: event.atMs,
  endedMs: null,
  dropped: [],
});

function endStreams(take: Take, event: Extract<TakeEvent, { type: 'trackEnd' }>): void {
  for (const stream of take.streams) if (stream.track.trackId === event.trackId) stream.endedMs ??= event.atMs;
}
