import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, TapTrack } from '@qinqiao/contracts';
import type { CryptoProvider } from '@qinqiao/server-kit';
import { EVENTS_FILE, EventLog, FileCipher, type JournalStorage, makeTake, makeTakeKey, type TakeEvent } from '../journal/index.ts';
import type { ArrivalClock } from './arrival-clock.ts';
import { TrackJournal } from './track-journal.ts';

type NewEvent = TakeEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'atMs'> : never) : never;

export interface TakeWriterOptions {
  callId: CallId;
  /** The call's folder, absolute. */
  folder: string;
  storage: JournalStorage;
  crypto: Pick<CryptoProvider, 'wrapKey'>;
}

/** The files of one take while it is being written. */
export class TakeWriter {
  readonly journals: TrackJournal[] = [];
  readonly #folder: string;
  readonly #storage: JournalStorage;
  readonly #dataKey: Uint8Array;
  readonly #clock: ArrivalClock;
  readonly #events: EventLog;
  #flushing: Promise<void> | null = null;

  private constructor(place: { folder: string; storage: JournalStorage; dataKey: Uint8Array }, clock: ArrivalClock, events: EventLog) {
    this.#folder = place.folder;
    this.#storage = place.storage;
    this.#dataKey = place.dataKey;
    this.#clock = clock;
    this.#events = events;
  }

  /** Begins a call's next take. Throws the disk's error, or that of the key's provider. */
  static async open(options: TakeWriterOptions, clock: ArrivalClock): Promise<TakeWriter> {
    const { callId, storage, crypto } = options;
    const { take, folder } = await makeTake(options.folder, storage);
    const dataKey = await makeTakeKey(crypto, storage, { callId, take, folder });
    const events = new EventLog(await storage.create(join(folder, EVENTS_FILE)), new FileCipher(dataKey, EVENTS_FILE));
    return new TakeWriter({ folder, storage, dataKey }, clock, events);
  }

  /** Whether a write is under way. */
  get busy(): boolean {
    return this.#flushing !== null;
  }

  /** Bytes in memory that are not written yet. */
  get pendingBytes(): number {
    return this.journals.reduce((sum, journal) => sum + journal.pendingBytes, 0);
  }

  /** Adds an event; it is written with the next flush. */
  note(event: NewEvent): void {
    this.#events.append({ atMs: this.#clock.now(), ...event });
  }

  /** Begins a track's journal; when it returns, its packets can be told apart after a crash. Throws the disk's error. */
  async addTrack(track: TapTrack): Promise<TrackJournal> {
    const file = `${String(this.journals.length + 1).padStart(2, '0')}-${track.companionId === undefined ? track.role : 'companion'}-${track.kind}.rtp`;
    const target = await this.#storage.create(join(this.#folder, file));
    const cipher = new FileCipher(this.#dataKey, file);
    const journal = new TrackJournal(track, file, { target, cipher, atMs: this.#clock.now() });
    this.journals.push(journal);
    this.note({ type: 'track', file, track });
    try {
      await this.#events.flush();
    } catch (error) {
      journal.ended = true;
      throw error;
    }
    return journal;
  }

  /** Writes all that is there; while a write is under way, waits for that one. Throws the disk's error; nothing is lost then. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    // The events first: they say whose the packets are.
    throwFirst(await Promise.allSettled([this.#events.flush(), ...this.journals.map((journal) => journal.flush())]));
    for (const journal of this.journals) {
      const dropped = journal.takeDropped();
      if (dropped) this.note({ type: 'dropped', file: journal.file, ...dropped });
    }
  }

  /**
   * Ends the take: what came is on the disk itself when it returns. A disk that takes nothing is tried for `patienceMs`; throws its
   * error, and what it did not take is lost.
   */
  async close(patienceMs: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while (performance.now() < end && !(await this.#settles(end))) await sleep(100);
    const closed = Promise.allSettled([this.#events.close(), ...this.journals.map((journal) => journal.close())]);
    throwFirst(await inTime(closed, Math.max(1000, end - performance.now())));
  }

  async #settles(end: number): Promise<boolean> {
    return inTime(this.flush(), end - performance.now()).then(
      () => true,
      () => false,
    );
  }
}

function throwFirst(results: PromiseSettledResult<unknown>[]): void {
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A disk may hang for ever; those who wait for it must not. */
async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  const stop = new AbortController();
  const late = sleep(ms, undefined, { signal: stop.signal }).then(() => {
    throw Object.assign(new Error('the disk does not answer'), { code: 'ETIMEDOUT' });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}
