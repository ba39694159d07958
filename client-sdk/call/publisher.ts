import { type MediaKind, QinqiaoError } from '@qinqiao/contracts';
import type { types } from 'mediasoup-client';
import type { LocalTracks } from '../devices/local-media.ts';

type OptionsFor = (kind: MediaKind) => types.ProducerOptions;

/** Keeps one kind of media published as wanted: produces, exchanges the track, stops. One step at a time, the last wish counts. */
class Publication {
  readonly #kind: MediaKind;
  readonly #produce: (track: MediaStreamTrack) => Promise<types.Producer>;
  readonly #unproduce: (producerId: string) => Promise<void>;
  #wanted: MediaStreamTrack | null = null;
  #producer: types.Producer | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(
    kind: MediaKind,
    produce: (track: MediaStreamTrack) => Promise<types.Producer>,
    unproduce: (producerId: string) => Promise<void>,
  ) {
    this.#kind = kind;
    this.#produce = produce;
    this.#unproduce = unproduce;
  }

  want(track: MediaStreamTrack | null): Promise<void> {
    this.#wanted = track;
    const step = this.#work.then(() => this.#step());
    this.#work = step.catch(() => {});
    return step;
  }

  async #step(): Promise<void> {
    const producer = this.#producer?.closed ? null : this.#producer;
    this.#producer = producer;
    const wanted = this.#wanted?.readyState === 'ended' ? null : this.#wanted;
    if (!wanted) {
      if (this.#wanted || !producer) return;
      this.#producer = null;
      producer.close();
      await this.#unproduce(producer.id);
    } else if (!producer) {
      this.#producer = await this.#produce(wanted);
    } else if (producer.track !== wanted) {
      await producer.replaceTrack({ track: wanted });
    }
  }

  get kind(): MediaKind {
    return this.#kind;
  }
}

/** Publishes microphone and camera on a send transport. */
export class Publisher {
  readonly #publications: Publication[];

  constructor(transport: types.Transport, options: OptionsFor, unproduce: (producerId: string) => Promise<void>) {
    const produce = (kind: MediaKind) => (track: MediaStreamTrack) =>
      transport.produce({ ...options(kind), track, stopTracks: false, disableTrackOnPause: false }).catch((error: unknown) => {
        throw error instanceof QinqiaoError ? error : new QinqiaoError('media_rejected', { cause: error, detail: String(error) });
      });
    // The transport makes one after the other: the picture first, it needs longest to appear.
    this.#publications = (['video', 'audio'] as const).map((kind) => new Publication(kind, produce(kind), unproduce));
  }

  /** Makes what is published equal to `tracks`. Rejects with the first refusal; the same call again tries again. */
  async publish(tracks: LocalTracks): Promise<void> {
    await Promise.all(this.#publications.map((publication) => publication.want(tracks[publication.kind])));
  }
}
