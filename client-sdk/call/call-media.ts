import type { ConsumerOptions, JoinAnswer } from '@qinqiao/contracts';
import type { LocalTracks } from '../devices/local-media.ts';
import type { Timers } from '../support/timers.ts';
import type { Admission } from './admission.ts';
import type { CallSocket } from './call-socket.ts';
import { MediaSession, mediaError } from './media-session.ts';
import { type CallQuality, type QualityCounters, qualityBetween } from './quality.ts';
import type { RemoteTrack } from './snapshot.ts';

export interface CallMediaOptions {
  socket: Pick<CallSocket, 'request'>;
  timers: Timers;
  onTracks: (tracks: RemoteTrack[]) => void;
  onLost: () => void;
}

type Early = { closed: string } | { made: ConsumerOptions };

/** The media of a call across its joins: the new session is made before the old one goes, so that the picture stays as long as it can. */
export class CallMedia {
  readonly #options: CallMediaOptions;
  #session: MediaSession | null = null;
  /** Pushes that came while a join's answer was on its way: they belong to the session it brings. */
  #early: Early[] | null = null;
  #counters: QualityCounters | null = null;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  /** A join is about to be asked for: what the server pushes from now on is for its media. */
  expect(): void {
    this.#early = [];
  }

  /** Makes the session a join answer describes; `onSession` runs when it can publish. Rejects with `media_rejected`. */
  async adopt(answer: JoinAnswer, admission: Admission, onSession: () => void): Promise<void> {
    const before = this.#session;
    let shown = before === null;
    const session: MediaSession = new MediaSession({
      ...this.#options,
      admission,
      answer,
      onTracks: (tracks) => shown && this.#session === session && this.#options.onTracks(tracks),
      onLost: () => this.#session === session && this.#options.onLost(),
    });
    this.#session = session;
    this.#counters = null;
    const consumers = merge(answer.consumers, this.#early ?? []);
    this.#early = null;
    onSession();
    try {
      await Promise.all(consumers.map((one) => session.consume(one)));
    } catch (error) {
      throw mediaError(error);
    } finally {
      before?.close();
    }
    shown = true;
    if (this.#session === session) this.#options.onTracks(session.tracks);
  }

  consumerMade(made: ConsumerOptions): void {
    if (this.#early) {
      this.#early.push({ made });
      return;
    }
    const session = this.#session;
    session?.consume(made).catch((error: unknown) => {
      console.warn('a track could not be received', error);
      if (session === this.#session) this.#options.onLost();
    });
  }

  consumerClosed(consumerId: string): void {
    if (this.#early) this.#early.push({ closed: consumerId });
    else this.#session?.closeConsumer(consumerId);
  }

  async publish(tracks: LocalTracks): Promise<void> {
    await this.#session?.publish(tracks);
  }

  /** The quality since the last time this was asked; null when there is nothing to compare yet. */
  async sampleQuality(): Promise<CallQuality | null> {
    const session = this.#session;
    const before = this.#counters;
    const counters = (await session?.counters()) ?? null;
    if (session !== this.#session) return null;
    this.#counters = counters;
    return before && counters ? qualityBetween(before, counters) : null;
  }

  close(): void {
    this.#session?.close();
    this.#session = null;
    this.#early = null;
    this.#counters = null;
  }
}

function merge(answered: ConsumerOptions[], early: Early[]): ConsumerOptions[] {
  const closed = new Set(early.flatMap((push) => ('closed' in push ? [push.closed] : [])));
  const made = early.flatMap((push) => ('made' in push ? [push.made] : []));
  return [...answered, ...made].filter((one) => !closed.has(one.consumerId));
}
