import { AudioRing } from '../audio/ring.ts';
import { SAMPLES_PER_MS } from '../audio/time-map.ts';
import type { BridgeSettings } from '../settings.ts';
import { AnswerWatch } from './answers.ts';
import { ChangeWatch } from './change-watch.ts';
import type { FeederEvents, FeederState } from './feeder-events.ts';
import { Losses } from './losses.ts';
import { Pace } from './pace.ts';
import type { EngineConnection, EngineEvents, EngineHints, EngineText, SpeechEngine } from './port.ts';
import { EnginePosition } from './position.ts';
import { Quiet } from './quiet.ts';
import { ReplayPlan } from './replay-plan.ts';
import type { EngineLease, EngineSource } from './source.ts';
import { EngineTurn } from './turn.ts';

export type { FeederEvents, FeederState, PlacedText } from './feeder-events.ts';

type Timer = NodeJS.Timeout;
/** So much at the end an engine may leave unconfirmed when it goes in order. */
const UNHEARD_MS = 300;
/**
 * Keeps one speaker's audio flowing to an engine: holds what the engine can't take yet, connects anew when it goes away, sends again what
 * it had not understood, and says what was lost.
 */
export class EngineFeeder {
  readonly #source: EngineSource;
  readonly #change: ChangeWatch;
  readonly #settings: BridgeSettings;
  readonly #events: FeederEvents;
  readonly #ring: AudioRing;
  readonly #plan: ReplayPlan;
  readonly #position = new EnginePosition();
  readonly #losses: Losses;
  readonly #turn: EngineTurn;
  readonly #answers: AnswerWatch;
  #connection: EngineConnection | null = null;
  readonly #quiet = new Quiet();
  #pace = new Pace(() => this.#pump());
  #isReady = false;
  #isFinishing = false;
  #isLastSent = false;
  #isClosed = false;
  #state: FeederState = 'idle';
  #detail: string | null = null;
  #failures = 0;
  /** Up to where audio had been heard when the engine went. */
  #heardBefore = 0;
  #connectedAt = 0;
  #progressAt = 0;
  #retry: Timer | null = null;
  #finishTimer: Timer | null = null;
  #whenFinished: (() => void)[] = [];

  constructor(options: { source: EngineSource; hints: () => EngineHints; settings: BridgeSettings; events: FeederEvents }) {
    this.#source = options.source;
    this.#change = new ChangeWatch(options.source, options.hints);
    this.#settings = options.settings;
    this.#events = options.events;
    this.#ring = new AudioRing(options.settings.ringMs * SAMPLES_PER_MS);
    this.#plan = new ReplayPlan(options.settings);
    this.#losses = new Losses((from, to) => options.events.gap(from, to));
    this.#turn = new EngineTurn(options.source);
    this.#answers = new AnswerWatch(options.settings.slowMs);
  }

  get state(): FeederState {
    return this.#state;
  }

  get detail(): string | null {
    return this.#detail;
  }

  /** The engine that hears the speaker, or did last; null before the first. */
  get engine(): SpeechEngine | null {
    return this.#turn.engine;
  }

  /** Position up to which the engine has certainly taken the audio. */
  get heard(): number {
    return this.#position.heard;
  }

  /** Takes the channel's next audio. */
  append(pcm: Int16Array): void {
    if (this.#isClosed) return;
    this.#ring.append(pcm);
    this.#quiet.listen(pcm, this.#ring.end);
    if (this.#position.next < this.#ring.start) this.#overflow();
    if (this.#connection === null && this.#retry === null) this.#connect();
    this.#pump();
  }

  /** To be called a few times a second. `now` in ms of a clock that does not jump. */
  tick(now: number): void {
    this.#answers.tick(now);
    const connection = this.#connection;
    if (!connection) return;
    if (this.#ring.end - this.#position.heard < this.#frame) this.#progressAt = now;
    const { connectTimeoutMs, stallMs } = this.#settings;
    if (!this.#isReady && now - this.#connectedAt > connectTimeoutMs) connection.destroy('engine does not become ready');
    else if (this.#isReady && !this.#isFinishing && now - this.#progressAt > stallMs) connection.destroy('engine takes no audio');
    else if (this.#isReady && !this.#isFinishing) this.#whileReady(now);
  }

  #whileReady(now: number): void {
    const behindMs = Math.max(this.#behindMs, this.#answers.lateMs(now));
    const { lease } = this.#turn;
    lease?.behind(behindMs);
    this.#tell(behindMs > this.#settings.slowMs ? 'slow' : 'ready', null);
    if (lease?.engine.realtimeOnly && (this.#ring.end - this.#position.next) / SAMPLES_PER_MS > this.#settings.slowMs) this.#toPresent();
    const moment = { isOpen: this.#plan.isOpen, isQuiet: this.#quiet.isQuiet(this.#ring.end) };
    if (lease && this.#change.isDue(lease, now, moment)) void this.#finish();
  }

  get #frame(): number {
    return this.#turn.engine?.frameSamples ?? 1;
  }

  /** The speaker pauses for long: with all it was to hear heard, the engine may go. It is fetched again with the next audio. */
  rest(): void {
    const isDone = this.#isReady && !this.#isFinishing && this.#ring.end - this.#position.next < this.#frame;
    if (isDone) void this.#finish();
  }

  /** No more audio will come. Resolves when the engine has said its last text, or after the time it has for that. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#connection) await this.#finish();
    if (this.#retry) clearTimeout(this.#retry);
    this.#pace.stop();
    // Of a speaker for whom there never was an engine nothing is said: there is no transcript to have a gap.
    if (this.#position.next < this.#ring.end && this.#turn.engine !== null)
      this.#events.gap(this.#losses.from ?? this.#position.next, this.#ring.end);
    this.#events.brokenOff();
    this.#tell('idle', null);
  }

  /** How far the engine lies behind the speaker. */
  get #behindMs(): number {
    return (this.#ring.end - this.#position.heard) / SAMPLES_PER_MS;
  }

  #connect(): void {
    this.#retry = null;
    this.#isReady = false;
    this.#isLastSent = false;
    this.#connectedAt = performance.now();
    this.#position.begin();
    const lease = this.#take();
    if (!lease) return;
    if (this.#state === 'idle' || this.#state === 'off') this.#tell('starting', null);
    let mine: EngineConnection | null = null;
    const ifMine = (then: () => void) => {
      if (mine === null || mine === this.#connection) then();
    };
    const events: EngineEvents = {
      ready: () => ifMine(() => this.#onReady()),
      drained: () => ifMine(() => this.#pump()),
      heard: (ms) => ifMine(() => this.#onHeard(ms)),
      text: (text) => ifMine(() => this.#onText(text)),
      closed: (reason) => ifMine(() => this.#onClosed(reason)),
    };
    try {
      mine = lease.engine.connect(this.#change.begin(), events);
      this.#connection = mine;
    } catch (error) {
      this.#onClosed(`engine cannot be started: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A stream of an engine; without one it is asked for again in a while. */
  #take(): EngineLease | null {
    const lease = this.#turn.take();
    if (lease) return lease;
    this.#retry = setTimeout(() => this.#connect(), this.#settings.reconnectCapMs);
    if (this.#source.isOff) this.#tell('off', null);
    else this.#tell('lost', 'no speech engine has a free stream');
    return null;
  }

  #onReady(): void {
    this.#isReady = true;
    this.#progressAt = performance.now();
    this.#pace.restart();
    this.#turn.lease?.connected();
    this.#losses.tellRest();
    const isLate = this.#losses.isAway || this.#behindMs > this.#settings.slowMs;
    if (this.#turn.lease?.engine.realtimeOnly && isLate) {
      this.#losses.back();
      this.#toPresent();
    }
    this.#position.anchor();
    const awayFrom = this.#losses.back();
    if (awayFrom !== null) this.#events.outage(awayFrom, this.#ring.end);
    this.#losses.settle();
    this.#tell('ready', null);
    this.#pump();
  }

  #onHeard(ms: number): void {
    if (this.#position.hear(ms)) this.#progressAt = performance.now();
  }

  #pump(): void {
    const connection = this.#connection;
    if (!connection || !this.#isReady || this.#isLastSent) return;
    const frame = this.#frame;
    const isPaced = this.#turn.lease?.engine.realtimeOnly === true;
    while (this.#ring.end - this.#position.next >= frame) {
      if (isPaced && !this.#pace.mayGo(frame / SAMPLES_PER_MS)) return;
      if (connection.buffered >= this.#settings.bufferLimitBytes) return;
      this.#send(connection, this.#ring.read(this.#position.next, this.#position.next + frame));
      // Sending may have told it all: that the connection is gone, or text.
      if (connection !== this.#connection) return;
    }
    if (this.#isFinishing) this.#sendLast(connection);
  }

  #send(connection: EngineConnection, pcm: Int16Array): void {
    this.#position.sent(pcm.length, this.#ring.end);
    connection.send(pcm);
  }

  /**
   * What the engine has not taken has been overwritten. While it is away, the oldest that is left comes next; one that is there but too slow
   * goes on with the present, as many small holes would leave no sentence whole.
   */
  #overflow(): void {
    const present = this.#ring.end - this.#settings.slowMs * SAMPLES_PER_MS;
    const to = this.#isReady ? Math.max(this.#ring.start, present) : this.#ring.start;
    if (this.#plan.cut(to)) this.#events.brokenOff();
    this.#losses.overwritten(this.#position.next, to, { silent: this.#state === 'off', atOnce: this.#isReady });
    this.#position.goTo(to);
    if (!this.#isReady) return;
    this.#position.anchor();
    this.#losses.settle();
  }

  /** For an engine that takes nothing old: what has not been sent is a gap. */
  #toPresent(): void {
    const to = this.#ring.end;
    if (to - this.#position.next < this.#frame) return;
    // What had begun stays as it is: it ends where the engine had heard it.
    const { next } = this.#position;
    const from = this.#losses.from ?? (this.#plan.cut(to) ? Math.max(next, this.#heardBefore) : next);
    this.#events.brokenOff();
    this.#plan.cut(to);
    this.#events.gap(Math.min(from, to), to);
    this.#position.goTo(to);
    this.#position.anchor();
    this.#losses.settle();
  }

  #onText(text: EngineText): void {
    if (this.#answers.floods()) return this.#connection?.destroy('engine floods with text');
    this.#onHeard(text.endMs);
    const place = (ms: number) => this.#position.place(ms);
    const spans = text.spans.map(({ offset, length, endMs }) => ({ offset, length, end: place(endMs) }));
    const placed = { final: text.final, text: text.text, start: place(text.startMs), end: place(text.endMs), spans };
    this.#plan.heard({ ...placed, done: place(text.doneMs) });
    if (text.final) {
      // One may take sound at once and answer much later; only text with times of its own shows that.
      const lateMs = spans.length > 0 ? (this.#ring.end - placed.end) / SAMPLES_PER_MS : 0;
      this.#answers.cameLate(lateMs);
      this.#failures = 0;
      this.#turn.worked();
    }
    this.#events.text(placed);
  }

  #onClosed(reason: string): void {
    this.#connection = null;
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#pace.stop();
    const lease = this.#turn.release();
    if (this.#finishTimer) clearTimeout(this.#finishTimer);
    if (this.#isFinishing) return this.#onFinished();
    if (this.#isClosed) return;
    this.#turn.failed(lease, reason);
    this.#heardBefore = this.#position.heard;
    if (wasReady) this.#planReplay();
    this.#losses.away(this.#position.next);
    this.#tell('lost', reason);
    const { reconnectMs, reconnectCapMs } = this.#settings;
    const delay = Math.min(reconnectCapMs, reconnectMs * 2 ** Math.min(this.#failures++, 10)) * (0.75 + Math.random() / 4);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #planReplay(): void {
    const { from, carriesOn, skipped } = this.#plan.next({
      sent: this.#position.farthest,
      heard: this.#position.heard,
      oldest: this.#ring.start,
    });
    if (!carriesOn) this.#events.brokenOff();
    if (skipped) this.#events.gap(skipped.from, skipped.to);
    this.#position.replayFrom(from);
  }

  #finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenFinished.push(resolve);
      if (this.#isFinishing) return;
      this.#isFinishing = true;
      this.#finishTimer = setTimeout(() => this.#connection?.destroy('engine does not finish'), this.#settings.finishMs);
      this.#pump();
    });
  }

  /** The last part of a frame, filled up with silence; then the end. */
  #sendLast(connection: EngineConnection): void {
    if (this.#position.next < this.#ring.end) {
      const frame = new Int16Array(this.#frame);
      frame.set(this.#ring.read(this.#position.next, this.#ring.end));
      this.#send(connection, frame);
    }
    this.#isLastSent = true;
    connection.finish();
  }

  #onFinished(): void {
    this.#isFinishing = false;
    this.#events.brokenOff();
    const { farthest, heard } = this.#position;
    if (farthest - heard > UNHEARD_MS * SAMPLES_PER_MS) this.#events.gap(heard, farthest);
    this.#plan.cut(farthest);
    this.#position.allHeard();
    this.#tell('idle', null);
    for (const resolve of this.#whenFinished.splice(0)) resolve();
    if (!this.#isClosed && this.#ring.end - this.#position.next >= this.#frame) this.#connect();
  }

  #tell(state: FeederState, detail: string | null): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#events.state(state, detail);
  }
}
