import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TapTrack } from '@qinqiao/contracts';
import { readEvents, type TakeEvent } from './events.ts';
import type { JournalStorage } from './storage.ts';

/** Folder of the journals inside a call's folder. */
export const JOURNAL_FOLDER = 'journal';
export const EVENTS_FILE = 'events.jsonl';
const TAKE = /^take-(\d{3,})$/;

/** The names of a call's takes, oldest first. A take is what one recorder took without interruption. */
async function listTakes(callFolder: string): Promise<string[]> {
  const names = await readdir(join(callFolder, JOURNAL_FOLDER)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const numberOf = (name: string) => Number(TAKE.exec(name)?.[1]);
  return names.filter((name) => TAKE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
}

/** Makes the folder of the next take. Answers its path. */
export async function makeTake(callFolder: string, storage: JournalStorage): Promise<string> {
  const last = (await listTakes(callFolder)).at(-1);
  for (let number = Number(last?.slice(5) ?? 0) + 1; ; number++) {
    const path = join(callFolder, JOURNAL_FOLDER, `take-${String(number).padStart(3, '0')}`);
    try {
      await storage.makeFolder(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The packets of one ssrc of a track in one take. */
export interface TakeStream {
  path: string;
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

/** Reads what is known of a call's takes, oldest first. A take without readable events has no packets that could be told apart and is left out. */
export async function readTakes(callFolder: string): Promise<Take[]> {
  const takes: Take[] = [];
  for (const name of await listTakes(callFolder)) {
    const folder = join(callFolder, JOURNAL_FOLDER, name);
    const events = await readEvents(join(folder, EVENTS_FILE)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    if (events.length > 0) takes.push(toTake(folder, events));
  }
  return takes;
}

function toTake(folder: string, events: TakeEvent[]): Take {
  const take: Take = { openedMs: events[0]?.atMs ?? 0, closedMs: null, lastMs: 0, streams: [], reports: [] };
  for (const event of events) {
    take.lastMs = Math.max(take.lastMs, event.atMs);
    if (event.type === 'open') take.openedMs = event.atMs;
    else if (event.type === 'track') take.streams.push(newStream(folder, event));
    else if (event.type === 'trackEnd') endStreams(take, event);
    else if (event.type === 'report') take.reports.push(event.report);
    else if (event.type === 'dropped') take.streams.find((stream) => stream.path === join(folder, event.file))?.dropped.push(event);
    else if (event.type === 'close') take.closedMs = event.atMs;
  }
  return take;
}

const newStream = (folder: string, event: Extract<TakeEvent, { type: 'track' }>): TakeStream => ({
  path: join(folder, event.file),
  track: event.track,
  announcedMs: event.atMs,
  endedMs: null,
  dropped: [],
});

function endStreams(take: Take, event: Extract<TakeEvent, { type: 'trackEnd' }>): void {
  for (const stream of take.streams) if (stream.track.trackId === event.trackId) stream.endedMs ??= event.atMs;
}
