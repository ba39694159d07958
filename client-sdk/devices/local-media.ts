import type { MediaKind, QinqiaoError } from '@qinqiao/contracts';
import { asQinqiaoError } from '../errors.ts';
import { Emitter } from '../support/emitter.ts';
import { browserTimers, type Timers } from '../support/timers.ts';
import { captureBoth, captureOne, type DeviceChoice } from './capture.ts';
import { type PictureStage, type PictureState, passThroughStage, type StagedVideo } from './picture-stage.ts';
import { watchTrack } from './track-watch.ts';

const RETAKE_MS = 3000;

export interface LocalTracks {
  audio: MediaStreamTrack | null;
  video: StagedVideo | null;
}

/** Where a call gets what it publishes. */
export interface LocalSource {
  readonly tracks: LocalTracks;
  on(name: 'tracks', listener: (tracks: LocalTracks) => void): () => void;
}

export interface LocalMediaOptions {
  kinds?: MediaKind[];
  stage?: PictureStage;
  choice?: DeviceChoice;
  timers?: Timers;
}

interface LocalEvents {
  tracks: LocalTracks;
  /** A device was lost and cannot be had at the moment; it is tried again. null: all is well again. */
  problem: QinqiaoError | null;
}

/**
 * What this side shows and says: capture → picture stage → published tracks. A device that is taken away during the call
 * (unplugged, a telephone call) is taken anew by itself.
 */
export class LocalMedia extends Emitter<LocalEvents> implements LocalSource {
  readonly #kinds: MediaKind[];
  readonly #stage: PictureStage;
  readonly #timers: Timers;
  readonly #raw = new Map<MediaKind, { track: MediaStreamTrack; unwatch: () => void }>();
  readonly #retries = new Map<MediaKind, () => void>();
  #choice: DeviceChoice;
  #tracks: LocalTracks = { audio: null, video: null };
  #generation = 0;

  constructor({ kinds = ['audio', 'video'], stage = passThroughStage(), choice = {}, timers = browserTimers }: LocalMediaOptions = {}) {
    super();
    this.#kinds = kinds;
    this.#stage = stage;
    this.#choice = choice;
    this.#timers = timers;
    stage.on?.('track', (video) => this.#raw.has('video') && this.#set({ ...this.#tracks, video }));
  }

  get tracks(): LocalTracks {
    return this.#tracks;
  }

  get pictureState(): PictureState {
    return this.#stage.state;
  }

  /** Takes the devices. Rejects with devices_denied, camera_missing, microphone_missing, devices_busy or browser_unsupported. */
  async open(): Promise<LocalTracks> {
    const generation = ++this.#generation;
    const captured = this.#kinds.length === 2 ? await captureBoth(this.#choice) : await this.#captureOnly();
    if (generation !== this.#generation) {
      for (const track of captured) track.stop();
      return this.#tracks;
    }
    await Promise.all(captured.map((track) => this.#adopt(track)));
    return this.#tracks;
  }

  /** Changes the camera or the microphone, in a running call too. */
  async useDevices(choice: DeviceChoice): Promise<void> {
    const before = this.#choice;
    this.#choice = { ...before, ...choice };
    const changed: MediaKind[] = [];
    if (this.#choice.camera !== before.camera) changed.push('video');
    if (this.#choice.microphone !== before.microphone) changed.push('audio');
    for (const kind of changed.filter((one) => this.#kinds.includes(one))) {
      try {
        await this.#retake(kind);
      } catch (error) {
        this.#choice = before;
        await this.#recover(kind);
        throw error;
      }
    }
  }

  /** Gives the devices back; `open` takes them again. */
  close(): void {
    this.#generation++;
    for (const kind of this.#kinds) this.#drop(kind);
    this.#stage.detach();
    this.#set({ audio: null, video: null });
  }

  async #captureOnly(): Promise<MediaStreamTrack[]> {
    return Promise.all(this.#kinds.map((kind) => captureOne(kind, this.#choice)));
  }

  async #adopt(track: MediaStreamTrack): Promise<void> {
    const generation = this.#generation;
    const kind = track.kind as MediaKind;
    this.#drop(kind);
    this.#raw.set(kind, { track, unwatch: watchTrack(track, () => void this.#recover(kind), this.#timers) });
    const staged = kind === 'video' ? await this.#stage.attach(track) : null;
    if (generation !== this.#generation) return;
    this.#set({ ...this.#tracks, ...(kind === 'video' ? { video: staged } : { audio: track }) });
  }

  /** Microphones and cameras on phones have one owner at a time: the lost track is let go before a new one is asked for. */
  async #retake(kind: MediaKind): Promise<void> {
    const generation = this.#generation;
    this.#drop(kind);
    const track = await captureOne(kind, this.#choice);
    if (generation !== this.#generation) return track.stop();
    await this.#adopt(track);
  }

  async #recover(kind: MediaKind): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#retake(kind);
      if (generation === this.#generation && this.#raw.size === this.#kinds.length) this.emit('problem', null);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.emit('problem', asQinqiaoError(error));
      this.#retries.set(
        kind,
        this.#timers.after(RETAKE_MS, () => void this.#recover(kind)),
      );
    }
  }

  #drop(kind: MediaKind): void {
    this.#retries.get(kind)?.();
    this.#retries.delete(kind);
    const held = this.#raw.get(kind);
    held?.unwatch();
    held?.track.stop();
    if (held && kind === 'video') this.#stage.cameraLost?.();
    this.#raw.delete(kind);
  }

  #set(tracks: LocalTracks): void {
    this.#tracks = tracks;
    this.emit('tracks', tracks);
  }
}
