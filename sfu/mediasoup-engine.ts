import { setTimeout as sleep } from 'node:timers/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import type { Config, Logger } from '@qinqiao/server-kit';
import { createWorker } from 'mediasoup';
import type { TransportListenInfo, WebRtcServer, Worker } from 'mediasoup/types';
import { MEDIA_CODECS, OFFERED } from './codecs.ts';
import { MediasoupRoom } from './mediasoup-room.ts';
import type { MediaEngine, MediaRoom, RoomEvents } from './port.ts';

export interface EngineOptions {
  /** `port` 0 lets the system choose; otherwise worker i listens on port + i, UDP and TCP. */
  rtc: Pick<Config['rtc'], 'port' | 'ip' | 'announced' | 'workers' | 'workerBin'>;
  tapIp: string;
  log: Logger;
}

interface Slot {
  index: number;
  worker: Worker;
  server: WebRtcServer;
  rooms: Set<RoomEvents>;
  /** Rooms that a worker took with it; it closes them before it says that it died. */
  orphans: RoomEvents[];
}

/** Starts one mediasoup worker per core, each behind one port. Throws when a worker cannot start or a port is taken. */
export async function startMediasoupEngine(options: EngineOptions): Promise<MediasoupEngine> {
  const engine = new MediasoupEngine(options);
  try {
    await engine.start();
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

export class MediasoupEngine implements MediaEngine {
  readonly rtpCapabilities = OFFERED;
  readonly #options: EngineOptions;
  readonly #slots = new Map<number, Slot>();
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.rtc.workers }, (_, index) => this.#startWorker(index)));
  }

  get healthy(): boolean {
    return this.#slots.size > 0;
  }

  /** Process ids of the workers, for supervision and measurements. */
  get workerPids(): number[] {
    return [...this.#slots.values()].map((slot) => slot.worker.pid);
  }

  async openRoom(events: RoomEvents): Promise<MediaRoom> {
    const [slot] = [...this.#slots.values()].sort((a, b) => a.rooms.size - b.rooms.size);
    if (!slot) throw new QinqiaoError('media_unavailable');
    // Counted before the router is there, so that rooms opened at once are spread.
    slot.rooms.add(events);
    try {
      const router = await slot.worker.createRouter({ mediaCodecs: MEDIA_CODECS });
      router.once('workerclose', () => slot.orphans.push(events));
      router.observer.once('close', () => slot.rooms.delete(events));
      return new MediasoupRoom(router, slot.server, { events, tapIp: this.#options.tapIp });
    } catch (cause) {
      slot.rooms.delete(events);
      throw new QinqiaoError('media_unavailable', { cause });
    }
  }

  async #startWorker(index: number): Promise<void> {
    const { rtc, log } = this.#options;
    const worker = await createWorker({ logLevel: 'warn', ...(rtc.workerBin ? { workerBin: rtc.workerBin } : {}) });
    if (this.#closed) return worker.close();
    let server: WebRtcServer;
    try {
      server = await worker.createWebRtcServer({ listenInfos: listenInfos(rtc, index) });
    } catch (cause) {
      worker.close();
      throw new Error(`The media port ${rtc.port + index} (QINQIAO_RTC_PORT + ${index}) cannot be opened on ${rtc.ip}`, { cause });
    }
    const slot: Slot = { index, worker, server, rooms: new Set(), orphans: [] };
    this.#slots.set(index, slot);
    worker.once('died', () => void this.#replace(slot));
    log.info({ index, pid: worker.pid }, 'media worker is up');
  }

  async #replace(slot: Slot): Promise<void> {
    const { log } = this.#options;
    this.#slots.delete(slot.index);
    log.error({ index: slot.index, rooms: slot.orphans.length }, 'media worker died');
    // With another worker at hand the calls move there at once; else they wait for the new one.
    const restarted = this.#restart(slot.index);
    if (this.#slots.size === 0) await restarted;
    for (const events of slot.orphans) events.lost();
    await restarted;
  }

  async #restart(index: number): Promise<void> {
    for (let wait = 100; !this.#closed; wait = Math.min(wait * 2, 5000)) {
      try {
        return await this.#startWorker(index);
      } catch (error) {
        this.#options.log.error({ err: error, index }, 'media worker cannot be restarted');
        await sleep(wait);
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const slot of this.#slots.values()) slot.worker.close();
    this.#slots.clear();
    return Promise.resolve();
  }
}

function listenInfos(rtc: EngineOptions['rtc'], index: number): TransportListenInfo[] {
  const address = {
    ip: rtc.ip,
    ...(rtc.announced ? { announcedAddress: rtc.announced } : {}),
    ...(rtc.port ? { port: rtc.port + index } : {}),
  };
  return [
    { protocol: 'udp', ...address },
    { protocol: 'tcp', ...address },
  ];
}
