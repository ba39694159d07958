import type {
  CallPush,
  CallPushName,
  CallRequestInput,
  CallRequestName,
  CallRequestOutput,
  CallView,
  EndReason,
  GrantAnswer,
  MaskReport,
  Notice,
  Party,
  WordAlert,
} from '@qinqiao/contracts';
import { ServerClock } from '../clock/server-clock.ts';
import type { LocalMedia, LocalSource } from '../devices/local-media.ts';
import { asQinqiaoError } from '../errors.ts';
import { Emitter } from '../support/emitter.ts';
import { browserTimers, type Timers } from '../support/timers.ts';
import { Admissions, type CreateDevice } from './admission.ts';
import { CallSocket } from './call-socket.ts';
import { Interjection } from './interjection.ts';
import { CallMedia } from './call-media.ts';
import { MaskTeller } from './mask-teller.ts';
import { pageClientId } from './page-client-id.ts';
import { Publishing } from './publishing.ts';
import type { RejoinState } from './rejoin.ts';
import { Rejoiner } from './rejoiner.ts';
import { type CallSnapshot, emptySnapshot, fromAnswer, withAlert, withNotice, withSegment, withWarning } from './snapshot.ts';
import { keepUp } from './upkeep.ts';

const LEAVE_MS = 4000;
const PING_TIMEOUT_MS = 5000;
/** How much longer than the call's end a lost page goes on looking for it: the call may have been extended meanwhile. */
const AFTER_END_MS = 10 * 60_000;

export interface CallClientOptions {
  /** Origin of the server; empty for the page's own. */
  serverUrl?: string;
  /** `grantCall` of the REST API, for this call. */
  fetchGrant: () => Promise<GrantAnswer>;
  /** What this side publishes; null for an officer who watches. */
  local: LocalSource | null;
  timers?: Timers;
  clientId?: () => Promise<string>;
  createDevice?: CreateDevice;
  openInterjectMedia?: (camera: boolean) => Promise<LocalMedia>;
}

export interface CallEvents {
  /** The snapshot changed. */
  change: CallSnapshot;
  /** A text for the screen that was not shown before. */
  notice: Notice;
  /** A sensitive word, officers only; again when its state changes. */
  alert: WordAlert;
  ended: NonNullable<CallSnapshot['ended']>;
}

type Act = Extract<
  CallRequestName,
  'officer:extend' | 'officer:hold' | 'officer:resume' | 'officer:holdPicture' | 'officer:releasePicture' | 'officer:cutOff'
>;

/** Joins a call and keeps it: through lost networks, restarted servers and dead media workers, up to its end. */
export class CallClient extends Emitter<CallEvents> {
  readonly clock: ServerClock;
  readonly #options: CallClientOptions;
  readonly #timers: Timers;
  readonly #admissions: Admissions;
  readonly #socket: CallSocket;
  readonly #rejoiner: Rejoiner;
  readonly #interjection: Interjection;
  readonly #media: CallMedia;
  readonly #publishing: Publishing;
  readonly #maskTeller: MaskTeller;
  readonly #disposals: (() => void)[] = [];
  #snapshot: CallSnapshot = emptySnapshot;

  constructor(options: CallClientOptions) {
    super();
    this.#options = options;
    this.#timers = options.timers ?? browserTimers;
    this.clock = new ServerClock(this.#timers);
    this.#admissions = new Admissions(options.fetchGrant, this.#timers, options.createDevice);
    this.#socket = new CallSocket({
      serverUrl: options.serverUrl ?? '',
      onPush: (name, data) => this.#onPush(name, data),
      onDown: (reason) => this.#lose(reason === 'io server disconnect' ? 'kicked' : 'lost'),
    });
    this.#media = new CallMedia({
      socket: this.#socket,
      timers: this.#timers,
      onTracks: (tracks) => this.#set({ tracks }),
      onLost: () => this.#lose(),
    });
    this.#publishing = new Publishing({
      timers: this.#timers,
      publish: () => this.#media.publish(this.#options.local?.tracks ?? this.#interjection.tracks),
      onProblem: (localProblem) => localProblem !== this.#snapshot.localProblem && this.#set({ localProblem }),
      onSuspect: () => this.#lose(),
    });
    this.#maskTeller = new MaskTeller(this.#timers, (report) => this.#sendMask(report));
    this.#rejoiner = new Rejoiner({
      timers: this.#timers,
      attempt: (wanted) => this.#attempt(wanted),
      onChange: (state) => this.#onRejoin(state),
      deadline: () => this.#deadline(),
    });
    this.#interjection = new Interjection({
      socket: this.#socket,
      publish: (tracks) => this.#media.publish(tracks),
      onState: (interject) => this.#set({ interject }),
      ...(options.openInterjectMedia ? { openMedia: options.openInterjectMedia } : {}),
    });
  }

  get snapshot(): CallSnapshot {
    return this.#snapshot;
  }

  /** Milliseconds until the call ends, by the server's clock; null before the call is known. */
  remainingMs(): number | null {
    return this.#snapshot.call ? Math.max(0, this.clock.until(this.#snapshot.call.endsAt)) : null;
  }

  /** Does ahead what a join needs (line, grant, codecs), so that the join itself is one round trip. */
  async prepare(): Promise<void> {
    this.#wake();
    await Promise.all([this.#admissions.prepare(), this.#socket.connect()]);
  }

  /** Joins, and comes back by itself from then on. Watch the snapshot's phase; joining twice is joining once. */
  join(): void {
    this.#wake();
    if (this.#snapshot.phase === 'failed' || this.#snapshot.phase === 'ended') this.#set(emptySnapshot);
    this.#rejoiner.dispatch({ type: 'join' });
  }

  /**
   * A party hangs up: a running call ends for both; before it runs the party only leaves the waiting room. An officer only stops
   * watching. Rejects when the server could not be told.
   */
  async leave(): Promise<void> {
    const { role, phase, call } = this.#snapshot;
    // Without a line nobody can be told; who wants to go goes, and the server ends the call by its own rules.
    if (phase === 'joined') await this.#socket.request('call:leave', {}, LEAVE_MS);
    if (role === 'officer' || role === null || !call?.liveSince) return this.close();
    this.#end({ reason: role === 'inmate' ? 'inmate_left' : 'family_left', note: null });
  }

  /** Lets go of everything without ending the call for the others. */
  close(): void {
    this.#rejoiner.dispatch({ type: 'closed' });
    this.#letGo();
    this.#socket.close();
    for (const dispose of this.#disposals.splice(0)) dispose();
    this.removeAll();
  }

  /** Speaks into the call or stops. Rejects with a device error, or the server's refusal. */
  async interject(on: boolean, { camera = false } = {}): Promise<void> {
    await (on ? this.#interjection.start(camera) : this.#interjection.stop());
  }

  /** The tablet tells the officer how its picture is masked; what is told while the line is lost is told when it is back. */
  tellMask(report: MaskReport): void {
    this.#maskTeller.tell(report);
  }

  /** Shows a text on both parties' screens. */
  async message(text: string): Promise<Notice> {
    return this.#socket.request('officer:message', { text });
  }

  async extend(minutes: number): Promise<void> {
    await this.#act('officer:extend', { minutes });
  }

  async hold(): Promise<void> {
    await this.#act('officer:hold', {});
  }

  async resume(): Promise<void> {
    await this.#act('officer:resume', {});
  }

  /** Takes a party's picture from the other's screen, or gives it back. */
  async holdPicture(party: Party, held: boolean): Promise<void> {
    await this.#act(held ? 'officer:holdPicture' : 'officer:releasePicture', { party });
  }

  async cutOff(reason: string): Promise<void> {
    await this.#act('officer:cutOff', { reason });
  }

  async #act<Name extends Act>(name: Name, input: CallRequestInput<Name>): Promise<void> {
    const view: CallRequestOutput<Name> = await this.#socket.request(name, input);
    this.#onView(view);
  }

  async #attempt(wanted: () => boolean): Promise<void> {
    const clientId = this.#options.clientId ?? pageClientId;
    const [admission, id] = await Promise.all([this.#admissions.take(), clientId(), this.#socket.connect()]);
    this.#media.expect();
    const rtpCapabilities = { ...admission.device.recvRtpCapabilities };
    const answer = await this.#socket.request('call:join', { grant: admission.grant, rtpCapabilities, clientId: id });
    if (!wanted()) return;
    this.clock.observe(answer.serverNow);
    await this.#media.adopt(answer, admission, () => {
      this.#set(fromAnswer(answer));
      void this.#publishing.sync();
    });
    if (answer.call.state === 'ended') this.#end({ reason: answer.call.endReason, note: answer.call.endNote });
  }

  #onPush<Name extends CallPushName>(name: Name, data: CallPush<Name>): void {
    const handlers: { [Key in CallPushName]: (push: CallPush<Key>) => void } = {
      'call:state': (view) => this.#onView(view),
      'call:clock': ({ serverNow, endsAt }) => {
        this.clock.observe(serverNow);
        const { call } = this.#snapshot;
        if (call && call.endsAt !== endsAt) this.#set({ call: { ...call, endsAt } });
      },
      'call:notice': (notice) => {
        this.#set(withNotice(this.#snapshot, notice));
        this.emit('notice', notice);
      },
      'call:ended': ({ reason, note }) => this.#end({ reason, note }),
      'media:consumer': (options) => this.#media.consumerMade(options),
      'media:consumerClosed': ({ consumerId }) => this.#media.consumerClosed(consumerId),
      'media:reset': () => this.#lose(),
      'officer:health': (health) => this.#set({ health }),
      'officer:mask': (mask) => this.#set({ mask }),
      'officer:transcript': (segment) => this.#set(withSegment(this.#snapshot, segment)),
      'officer:pictureWarning': (warning) => this.#set(withWarning(this.#snapshot, warning)),
      'officer:alert': (alert) => {
        this.#set(withAlert(this.#snapshot, alert));
        this.emit('alert', alert);
      },
    };
    handlers[name](data);
  }

  #onView(call: CallView): void {
    this.#set({ call });
    if (call.state === 'ended') this.#end({ reason: call.endReason, note: call.endNote });
    else {
      this.#interjection.heard(call.officerSpeaking);
      void this.#publishing.sync();
    }
  }

  #end(ended: { reason: EndReason | null; note: string | null }): void {
    if (this.#snapshot.phase === 'ended') return;
    this.#set({ ended });
    this.#rejoiner.dispatch({ type: 'ended' });
  }

  #lose(type: 'lost' | 'kicked' = 'lost'): void {
    this.#interjection.silence();
    this.#publishing.pause();
    this.#rejoiner.dispatch({ type });
  }

  #onRejoin({ phase, error }: RejoinState): void {
    if (phase === 'ended' || phase === 'failed') this.#letGo();
    const ended = phase === 'ended' ? (this.#snapshot.ended ?? { reason: null, note: null }) : null;
    const over = ended !== null && this.#snapshot.phase !== 'ended';
    this.#set({ phase, error, ended });
    if (phase === 'joined') this.#maskTeller.joined();
    if (over) this.emit('ended', ended);
  }

  #letGo(): void {
    this.#interjection.silence();
    this.#publishing.pause();
    this.#maskTeller.stop();
    this.#media.close();
    this.#socket.disconnect();
    this.#set({ tracks: [], quality: null });
  }

  #deadline(): number | undefined {
    const { call } = this.#snapshot;
    return call ? this.#timers.now() + this.clock.until(call.endsAt) + AFTER_END_MS : undefined;
  }

  /** Nothing runs and nothing is listened to before the call is wanted. */
  #wake(): void {
    if (this.#disposals.length > 0) return;
    const upkeep = {
      sample: () => this.#sample(),
      ping: () => this.#ping(),
      hurry: () => this.#rejoiner.dispatch({ type: 'hurry' }),
    };
    const local = this.#options.local?.on('tracks', () => void this.#publishing.sync());
    this.#disposals.push(keepUp(this.#timers, upkeep), ...(local ? [local] : []));
  }

  /** A line can be dead without saying so (another Wi-Fi, a closed lid): one that does not answer is cut and made anew. */
  async #ping(): Promise<void> {
    if (this.#snapshot.phase !== 'joined') return;
    try {
      const { serverNow } = await this.#socket.request('call:ping', {}, PING_TIMEOUT_MS);
      this.clock.observe(serverNow);
    } catch (error) {
      if (asQinqiaoError(error).code === 'network_failed') this.#socket.drop('no answer');
    }
  }

  async #sendMask(report: MaskReport): Promise<void> {
    if (this.#snapshot.phase === 'joined') await this.#socket.request('picture:mask', report);
  }

  async #sample(): Promise<void> {
    if (this.#snapshot.phase !== 'joined') return;
    const quality = await this.#media.sampleQuality().catch(() => null);
    if (quality) this.#set({ quality });
  }

  #set(change: Partial<CallSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.emit('change', this.#snapshot);
  }
}
