import type { TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { type HeardChannel, saveChannels, saveSegments } from '@qinqiao/domain/transcripts';
import { saveAlerts } from '@qinqiao/domain/words';
import type { Clock, Db, Logger } from '@qinqiao/server-kit';

/**
 * Stores what has been transcribed: what is final at once, provisional text and progress at most once per `everyMs`, all that waits in one
 * transaction. What can't be stored is kept and tried again.
 */
export class TranscriptWriter implements AsyncDisposable {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #log: Logger;
  #segments = new Map<string, TranscriptSegment>();
  #alerts = new Map<string, WordAlert>();
  #channels = new Map<string, HeardChannel>();
  #writing: Promise<void> | null = null;
  #failure: string | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(options: { db: Db; clock: Clock; log: Logger; everyMs: number }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#timer = setInterval(() => void this.flush(), options.everyMs);
  }

  /** Why the last attempt failed; null when it did not. */
  get failure(): string | null {
    return this.#failure;
  }

  segment(segment: TranscriptSegment): void {
    if (segment.final || !this.#segments.get(segment.id)?.final) this.#segments.set(segment.id, segment);
    if (segment.final) void this.flush();
  }

  alert(alert: WordAlert): void {
    this.#alerts.set(alert.id, alert);
    void this.flush();
  }

  channel(channel: HeardChannel): void {
    this.#channels.set(`${channel.callId}|${channel.trackId}`, channel);
  }

  /** Stores all that waits. Never throws; what could not be stored waits on. */
  flush(): Promise<void> {
    this.#writing ??= Promise.resolve()
      .then(() => this.#write())
      .finally(() => {
        this.#writing = null;
      });
    return this.#writing;
  }

  /** Stores all that waits, and what came while it did. */
  async settle(): Promise<void> {
    if (this.#writing) await this.#writing;
    await this.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.settle();
    if (this.#failure !== null) await this.settle();
  }

  async #write(): Promise<void> {
    const [segments, alerts, channels] = [this.#segments, this.#alerts, this.#channels];
    if (segments.size + alerts.size + channels.size === 0) return;
    this.#segments = new Map();
    this.#alerts = new Map();
    this.#channels = new Map();
    try {
      await this.#db.transaction().execute(async (trx) => {
        await saveSegments(trx, [...segments.values()], this.#clock);
        await saveAlerts(trx, [...alerts.values()]);
        await saveChannels(trx, [...channels.values()], this.#clock);
      });
      this.#failure = null;
    } catch (error) {
      // What came meanwhile is newer.
      this.#segments = new Map([...segments, ...this.#segments]);
      this.#alerts = new Map([...alerts, ...this.#alerts]);
      this.#channels = new Map([...channels, ...this.#channels]);
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#log.error({ err: error }, 'transcript could not be stored; it will be tried again');
    }
  }
}
