import { asQinqiaoError } from '../errors.ts';
import { LocalMedia, type LocalTracks } from '../devices/local-media.ts';
import type { CallSocket } from './call-socket.ts';
import type { InterjectState } from './snapshot.ts';

const SILENT: LocalTracks = { audio: null, video: null };

export interface InterjectionOptions {
  socket: Pick<CallSocket, 'request'>;
  publish: (tracks: LocalTracks) => Promise<void>;
  onState: (state: InterjectState) => void;
  /** For tests; the microphone (and camera) of this device by default. */
  openMedia?: (camera: boolean) => Promise<LocalMedia>;
}

/** An officer speaks into the call. The microphone is taken first, so that nobody is told of an officer who cannot speak. */
export class Interjection {
  readonly #options: InterjectionOptions;
  #media: LocalMedia | null = null;
  #state: InterjectState = 'off';

  constructor(options: InterjectionOptions) {
    this.#options = options;
  }

  get tracks(): LocalTracks {
    return this.#state === 'on' ? (this.#media?.tracks ?? SILENT) : SILENT;
  }

  /** Rejects when the microphone cannot be had, or the server refuses. */
  async start(camera: boolean): Promise<void> {
    if (this.#state !== 'off') return;
    this.#set('starting');
    try {
      const media = await (this.#options.openMedia ?? openMedia)(camera);
      // While the devices were asked for, the line may have gone.
      if (this.#now() !== 'starting') return media.close();
      this.#media = media;
      await this.#options.socket.request('officer:interject', { on: true });
      if (this.#now() !== 'starting') return;
      this.#set('on');
      await this.#options.publish(media.tracks);
      media.on('tracks', () => void this.#options.publish(this.tracks).catch(() => {}));
    } catch (error) {
      await this.stop().catch(() => {});
      throw asQinqiaoError(error);
    }
  }

  async stop(): Promise<void> {
    if (this.#state === 'off') return;
    this.silence();
    // The server goes first: it stops the sound whatever this page still does.
    const results = await Promise.allSettled([
      this.#options.socket.request('officer:interject', { on: false }),
      this.#options.publish(SILENT),
    ]);
    if (results[0].status === 'fulfilled') return;
    const error = asQinqiaoError(results[0].reason);
    // The server had stopped it already: that is what was wanted.
    if (error.code !== 'wrong_state') throw error;
  }

  /** What the call's state says of officers speaking. When nobody speaks any more, the server has stopped this one. */
  heard(officerSpeaking: boolean): void {
    if (this.#state !== 'on' || officerSpeaking) return;
    this.silence();
    void this.#options.publish(SILENT).catch(() => {});
  }

  /** Gives the microphone back without telling anybody: the line is gone, or the call over. An officer speaks again only on a new click. */
  silence(): void {
    this.#media?.close();
    this.#media = null;
    this.#set('off');
  }

  #now(): InterjectState {
    return this.#state;
  }

  #set(state: InterjectState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

async function openMedia(camera: boolean): Promise<LocalMedia> {
  const media = new LocalMedia({ kinds: camera ? ['audio', 'video'] : ['audio'] });
  await media.open();
  return media;
}
