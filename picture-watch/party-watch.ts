import type { RemoteInfo } from 'node:dgram';
import { type CallId, type Instant, type Party, type PictureWarning, QinqiaoError, type TapTrack } from '@qinqiao/contracts';
import type { FaceService } from '@qinqiao/faces';
import { type Clock, type Logger, newId, toInstant } from '@qinqiao/server-kit';
import { keyFrameRequest } from '@qinqiao/server-kit/rtp';
import type { Still, StillDecoder } from './decode/port.ts';
import { type Finding, isSuspicious, type JudgeState, judge, type Seen } from './judge/judge.ts';
import { type Circumstances, Looker } from './look/looker.ts';
import type { OnCall } from './people/on-call.ts';
import { mustHold, type Policy } from './policy.ts';
import type { WatchSettings } from './settings.ts';
import { KeyFrameCatcher, type VideoCodec } from './track/key-frames.ts';

/** A warning with the picture that it was raised for, as JPEG. */
export interface Raised {
  warning: PictureWarning;
  still: Buffer;
}

export interface PartyWatchOptions {
  callId: CallId;
  epoch: Instant;
  track: TapTrack;
  party: Party;
  codec: VideoCodec;
  decoder: StillDecoder;
  faces: FaceService;
  clock: Clock;
  log: Logger;
  settings: WatchSettings;
  policy: () => Policy;
  onCall: () => OnCall;
  /** Outlasts the track: a party that comes back is not warned of anew for what an officer has let pass. */
  judgment: { state: JudgeState };
  send: (datagram: Buffer, to: RemoteInfo) => void;
  onRaised: (raised: Raised) => void;
}

/** Stills that come by themselves come so much sooner than asked for, as a share of the time between two. */
const EARLY = 0.25;

/** The picture of one party: a key frame every two seconds, looked at and judged. */
export class PartyWatch {
  readonly #options: PartyWatchOptions;
  readonly #looker: Looker;
  #track: TapTrack;
  #catcher: KeyFrameCatcher | null;
  #from: RemoteInfo | null = null;
  #looking = false;
  #askedAt: number;
  #seenAt: number;
  #fault: string | null = null;
  #isClosed = false;

  constructor(options: PartyWatchOptions) {
    this.#options = options;
    this.#track = options.track;
    this.#looker = new Looker(options.party, options.faces);
    this.#catcher = this.#newCatcher();
    // The first key frame comes by itself, as the party's picture begins to be shown.
    this.#askedAt = this.#seenAt = performance.now();
  }

  get ssrc(): number {
    return this.#track.ssrc;
  }

  /** Why this party's picture is not looked at, or not for all; null when it is. */
  get fault(): string | null {
    if (performance.now() - this.#seenAt > this.#options.settings.darkMs) return 'no_picture';
    return this.#fault;
  }

  /** The same track comes with another ssrc, from another transport. */
  reannounce(track: TapTrack): void {
    if (track.ssrc === this.#track.ssrc) return;
    this.#track = track;
    this.#catcher = this.#newCatcher();
    this.#from = null;
  }

  /** Takes a datagram of this track. Between samples nothing is done with it. */
  receive(datagram: Buffer, from: RemoteInfo): void {
    this.#from = from;
    const now = performance.now();
    const frame = this.#catcher?.push(datagram, now);
    if (!frame) return;
    this.#catcher = null;
    if (this.#track.stillsEveryMs !== undefined) this.#askedAt = now;
    void this.#sample(frame);
  }

  /** To be called some times a second: makes ready for the next key frame when it is time, and asks for it where it does not come by itself. */
  tick(): void {
    if (!this.#from || this.#looking) return;
    const { stillsEveryMs } = this.#track;
    const now = performance.now();
    if (stillsEveryMs !== undefined) {
      if (now - this.#askedAt >= stillsEveryMs * (1 - EARLY)) this.#catcher ??= this.#newCatcher();
      return;
    }
    if (now - this.#askedAt < this.#options.settings.sampleMs) return;
    this.#askedAt = now;
    this.#catcher = this.#newCatcher();
    this.#options.send(keyFrameRequest(this.ssrc), this.#from);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#catcher = null;
    await this.#options.decoder[Symbol.asyncDispose]();
  }

  #newCatcher(): KeyFrameCatcher {
    return new KeyFrameCatcher(this.#track.codec, this.#options.codec);
  }

  async #sample(frame: Buffer): Promise<void> {
    const { callId, decoder, clock, log } = this.#options;
    const at = clock.now().getTime();
    this.#looking = true;
    try {
      const still = await decoder.decode(frame);
      this.#seenAt = performance.now();
      const seen = await this.#look(still, at);
      if (!this.#isClosed) await this.#judged(seen, still);
    } catch (error) {
      if (this.#isClosed) return;
      log.warn({ err: error, callId, trackId: this.#track.trackId }, 'a sample of the picture could not be looked at');
    } finally {
      this.#looking = false;
    }
  }

  async #look(still: Still, at: number): Promise<Seen> {
    const { policy, onCall } = this.#options;
    const { masks, likeness } = policy();
    const circumstances: Circumstances = { onCall: onCall(), masks, likeness, suspicious: isSuspicious(this.#options.judgment.state) };
    try {
      const seen = await this.#looker.look(still, at, circumstances);
      this.#fault = null;
      return seen;
    } catch (error) {
      if (!(error instanceof QinqiaoError)) throw error;
      this.#fault = error.code;
      return this.#looker.lookWithoutFaces(still, at, circumstances);
    }
  }

  async #judged(seen: Seen, still: Still): Promise<void> {
    const { party, policy, onCall, onRaised, judgment } = this.#options;
    const { hits, nobodyMs } = policy();
    const allowed = party === 'family' ? onCall().allowed : 1;
    const { state, findings } = judge(judgment.state, seen, { party, allowed, hits, nobodyMs });
    judgment.state = state;
    if (findings.length === 0) return;
    const jpeg = await still.jpeg();
    for (const finding of findings) onRaised({ warning: this.#warningOf(finding, seen), still: jpeg });
  }

  #warningOf({ kind, since }: Finding, seen: Seen): PictureWarning {
    const { callId, epoch, party, clock, policy } = this.#options;
    return {
      id: newId(),
      callId,
      party,
      kind,
      people: seen.people ?? 0,
      seenAt: toInstant(since),
      raisedAt: toInstant(clock.now()),
      atMs: Math.max(0, Math.round(since - Date.parse(epoch))),
      held: mustHold(policy(), party, kind),
      verdict: 'open',
    };
  }
}
