import { AudioRing } from '../audio/ring.ts';
import { SAMPLES_PER_MS, TimeMap } from '../audio/time-map.ts';
import type { BridgeSettings } from '../settings.ts';
import { ChangeWatch } from './change-watch.ts';
import { Pace } from './pace.ts';
import type { EngineConnection, EngineEvents, EngineHints, EngineText, SpeechEngine } from './port.ts';
import { Quiet } from './quiet.ts';
import { ReplayPlan } from './replay-plan.ts';
import type { EngineLease, EngineSource } from './source.ts';

/**
 * idle: nothing to send · starting: first connection of a stretch of speech · ready · slow: takes audio too slowly · lost: away, being reconnected ·
 * off: there is no engine
 */
export type FeederState = 'idle' | 'starting' | 'ready' | 'slow' | 'lost' | 'off';

/** Text with its place in the channel, in sample positions. */
export interface PlacedText {
  final: boolean;
  text: string;
  start: number;
  end: number;
  spans: { offset: number; length: number; end: number }[];
}

export interface FeederEvents {
  text(text: PlacedText): void;
  state(state: FeederState, detail: string | null): void;
  /** The sentence that had begun will not be finished: its text stays as it is. */
  brokenOff(): void;
  /** Audio between these positions was never heard by the engine. Told again with a later end while it goes on. */
  gap(from: number, to: number): void;
  /** The engine was away while this was spoken, and has been given it afterwards. */
  outage(from: number, to: number): void;
}

type Timer = NodeJS.Timeout;
const MOST_TEXTS_PER_SECOND = 200;
/** So much at the end an engine may leave unconfirmed when it goes in order. */
const UNHEARD_MS = 300;
/** Text that comes so much later than an engine may lag is late; for so long it counts as slow then. */
const LATE_MS = { beyond: 2000, remembered: 10_000 };
/** A gap that grows is told again so often. */
const GROWING_MS = 1000;
/** An engine that has failed a speaker so often in a row is left for another, if there is one. */
const MOST_FAILURES = 2;

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
  /** Engine's clock of this connection → position (as ms of the channel). */
  #places = new TimeMap();
  #connection: EngineConnection | null = null;
  #lease: EngineLease | null = null;
  /** The engine that was used last, and how often it has failed since it recognised something. */
  #last: { engine: SpeechEngine; failures: number } | null = null;
  readonly #quiet = new Quiet();
  #pace = new Pace(() => this.#pump());
  /** How late its last text was, and until when that is remembered. */
  #late = { ms: 0, until: 0 };
  #isReady = false;
  #isFinishing = false;
  #isLastSent = false;
  #isClosed = false;
  #state: FeederState = 'idle';
  #detail: string | null = null;
  /** Next sample to send; the farthest that was ever sent. */
  #next = 0;
  #farthest = 0;
  /** Up to here the engine has certainly taken it. */
  #heard = 0;
  #samplesSent = 0;
  #failures = 0;
  #outageFrom: number | null = null;
  #lost: { from: number; to: number } | null = null;
  /** When, and up to where, the gap that grows was told last. */
  #gapTold = { at: 0, to: 0 };
  /** Up to where audio had been heard when the engine went. */
  #heardBefore = 0;
  #connectedAt = 0;
  #progressAt = 0;
  #textsThisSecond = 0;
  #secondFrom = 0;
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
  }

  get state(): FeederState {
    return this.#state;
  }

  get detail(): string | null {
    return this.#detail;
  }

  /** The engine that hears the speaker, or did last; null before the first. */
  get engine(): SpeechEngine | null {
    return this.#last?.engine ?? null;
  }

  /** Position up to which the engine has certainly taken the audio. */
  get heard(): number {
    return this.#heard;
  }

  /** Takes the channel's next audio. */
  append(pcm: Int16Array): void {
    if (this.#isClosed) return;
    this.#ring.append(pcm);
    this.#quiet.listen(pcm, this.#ring.end);
    if (this.#next < this.#ring.start) this.#overflow();
    if (this.#connection === null && this.#retry === null) this.#connect();
    this.#pump();
  }

  /** To be called a few times a second. `now` in ms of a clock that does not jump. */
  tick(now: number): void {
    if (now - this.#secondFrom >= 1000) {
      this.#secondFrom = now;
      this.#textsThisSecond = 0;
    }
    const connection = this.#connection;
    if (!connection) return;
    if (this.#ring.end - this.#heard < this.#frame) this.#progressAt = now;
    const { connectTimeoutMs, stallMs } = this.#settings;
    if (!this.#isReady && now - this.#connectedAt > connectTimeoutMs) connection.destroy('engine does not become ready');
    else if (this.#isReady && !this.#isFinishing && now - this.#progressAt > stallMs) connection.destroy('engine takes no audio');
    else if (this.#isReady && !this.#isFinishing) this.#whileReady(now);
  }

  #whileReady(now: number): void {
    const behindMs = Math.max(this.#behindMs, now < this.#late.until ? this.#late.ms : 0);
    this.#lease?.behind(behindMs);
    this.#tell(behindMs > this.#settings.slowMs ? 'slow' : 'ready', null);
    if (this.#lease?.engine.realtimeOnly && (this.#ring.end - this.#next) / SAMPLES_PER_MS > this.#settings.slowMs) this.#toPresent();
    const moment = { isOpen: this.#plan.isOpen, isQuiet: this.#quiet.isQuiet(this.#ring.end) };
    if (this.#lease && this.#change.isDue(this.#lease, now, moment)) void this.#finish();
  }

  get #frame(): number {
    return this.#last?.engine.frameSamples ?? 1;
  }

  /** The speaker pauses for long: with all it was to hear heard, the engine may go. It is fetched again with the next audio. */
  rest(): void {
    const isDone = this.#isReady && !this.#isFinishing && this.#ring.end - this.#next < this.#frame;
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
    if (this.#next < this.#ring.end && this.#last !== null) this.#events.gap(this.#lost?.from ?? this.#next, this.#ring.end);
    this.#events.brokenOff();
    this.#tell('idle', null);
  }

  /** How far the engine lies behind the speaker. */
  get #behindMs(): number {
    return (this.#ring.end - this.#heard) / SAMPLES_PER_MS;
  }

  #connect(): void {
    this.#retry = null;
    this.#isReady = false;
    this.#isLastSent = false;
    this.#connectedAt = performance.now();
    this.#places = new TimeMap();
    this.#samplesSent = 0;
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
    const avoid = this.#last && this.#last.failures >= MOST_FAILURES ? this.#last.engine : null;
    const lease = this.#source.take(avoid);
    this.#lease = lease;
    if (!lease) {
      this.#retry = setTimeout(() => this.#connect(), this.#settings.reconnectCapMs);
      if (this.#source.isOff) this.#tell('off', null);
      else this.#tell('lost', 'no speech engine has a free stream');
      return null;
    }
    if (this.#last?.engine !== lease.engine) this.#last = { engine: lease.engine, failures: 0 };
    return lease;
  }

  #onReady(): void {
    this.#isReady = true;
    this.#progressAt = performance.now();
    this.#pace.restart();
    this.#lease?.connected();
    if (this.#lost && this.#gapTold.to < this.#lost.to) this.#events.gap(this.#lost.from, this.#lost.to);
    const isLate = this.#outageFrom !== null || this.#behindMs > this.#settings.slowMs;
    if (this.#lease?.engine.realtimeOnly && isLate) {
      this.#outageFrom = null;
      this.#toPresent();
    }
    this.#places.set(0, this.#next / SAMPLES_PER_MS);
    if (this.#outageFrom !== null) {
      this.#events.outage(this.#outageFrom, this.#ring.end);
      this.#outageFrom = null;
    }
    this.#lost = null;
    this.#tell('ready', null);
    this.#pump();
  }

  #onHeard(ms: number): void {
    const position = this.#place(ms);
    if (position <= this.#heard) return;
    this.#heard = position;
    this.#progressAt = performance.now();
  }

  /** Where in the channel the engine's time lies; never beyond what it has been given, whatever it says. */
  #place(ms: number): number {
    return Math.min(this.#next, Math.round(this.#places.at(Math.round(ms * SAMPLES_PER_MS)) * SAMPLES_PER_MS));
  }

  #pump(): void {
    const connection = this.#connection;
    if (!connection || !this.#isReady || this.#isLastSent) return;
    const frame = this.#frame;
    const isPaced = this.#lease?.engine.realtimeOnly === true;
    while (this.#ring.end - this.#next >= frame) {
      if (isPaced && !this.#pace.mayGo(frame / SAMPLES_PER_MS)) return;
      if (connection.buffered >= this.#settings.bufferLimitBytes) return;
      this.#send(connection, this.#ring.read(this.#next, this.#next + frame));
      // Sending may have told it all: that the connection is gone, or text.
      if (connection !== this.#connection) return;
    }
    if (this.#isFinishing) this.#sendLast(connection);
  }

  #send(connection: EngineConnection, pcm: Int16Array): void {
    this.#next = Math.min(this.#next + pcm.length, this.#ring.end);
    this.#farthest = Math.max(this.#farthest, this.#next);
    this.#samplesSent += pcm.length;
    connection.send(pcm);
  }

  /**
   * What the engine has not taken has been overwritten. While it is away, the oldest that is left comes next; one that is there but too slow
   * goes on with the present, as many small holes would leave no sentence whole.
   */
  #overflow(): void {
    const present = this.#ring.end - this.#settings.slowMs * SAMPLES_PER_MS;
    const to = this.#isReady ? Math.max(this.#ring.start, present) : this.#ring.start;
    this.#lost = { from: this.#lost?.from ?? this.#next, to };
    if (this.#plan.cut(to)) this.#events.brokenOff();
    const now = performance.now();
    const isNew = this.#gapTold.to < this.#lost.from;
    if (this.#state !== 'off' && (isNew || this.#isReady || now - this.#gapTold.at >= GROWING_MS)) {
      this.#gapTold = { at: now, to };
      this.#events.gap(this.#lost.from, to);
    }
    this.#next = to;
    if (!this.#isReady) return;
    this.#places.set(this.#samplesSent, to / SAMPLES_PER_MS);
    this.#lost = null;
  }

  /** For an engine that takes nothing old: what has not been sent is a gap. */
  #toPresent(): void {
    const to = this.#ring.end;
    if (to - this.#next < this.#frame) return;
    // What had begun stays as it is: it ends where the engine had heard it.
    const from = this.#lost?.from ?? (this.#plan.cut(to) ? Math.max(this.#next, this.#heardBefore) : this.#next);
    this.#events.brokenOff();
    this.#plan.cut(to);
    this.#events.gap(Math.min(from, to), to);
    this.#next = to;
    this.#places.set(this.#samplesSent, to / SAMPLES_PER_MS);
    this.#lost = null;
  }

  #onText(text: EngineText): void {
    if (++this.#textsThisSecond > MOST_TEXTS_PER_SECOND) return this.#connection?.destroy('engine floods with text');
    this.#onHeard(text.endMs);
    const place = (ms: number) => this.#place(ms);
    const spans = text.spans.map(({ offset, length, endMs }) => ({ offset, length, end: place(endMs) }));
    const placed = { final: text.final, text: text.text, start: place(text.startMs), end: place(text.endMs), spans };
    this.#plan.heard({ ...placed, done: place(text.doneMs) });
    if (text.final) {
      // One may take sound at once and answer much later; only text with times of its own shows that.
      const lateMs = spans.length > 0 ? (this.#ring.end - placed.end) / SAMPLES_PER_MS : 0;
      if (lateMs > this.#settings.slowMs + LATE_MS.beyond) this.#late = { ms: lateMs, until: performance.now() + LATE_MS.remembered };
      this.#failures = 0;
      if (this.#last) this.#last.failures = 0;
      this.#lease?.worked();
    }
    this.#events.text(placed);
  }

  #onClosed(reason: string): void {
    this.#connection = null;
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#pace.stop();
    const lease = this.#lease;
    this.#lease = null;
    lease?.release();
    if (this.#finishTimer) clearTimeout(this.#finishTimer);
    if (this.#isFinishing) return this.#onFinished();
    if (this.#isClosed) return;
    lease?.failed(reason);
    if (this.#last) this.#last.failures++;
    this.#heardBefore = this.#heard;
    if (wasReady) this.#planReplay();
    this.#outageFrom ??= this.#next;
    this.#tell('lost', reason);
    const { reconnectMs, reconnectCapMs } = this.#settings;
    const delay = Math.min(reconnectCapMs, reconnectMs * 2 ** Math.min(this.#failures++, 10)) * (0.75 + Math.random() / 4);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #planReplay(): void {
    const { from, carriesOn, skipped } = this.#plan.next({ sent: this.#farthest, heard: this.#heard, oldest: this.#ring.start });
    if (!carriesOn) this.#events.brokenOff();
    if (skipped) this.#events.gap(skipped.from, skipped.to);
    this.#next = from;
    this.#heard = Math.min(this.#heard, from);
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
    if (this.#next < this.#ring.end) {
      const frame = new Int16Array(this.#frame);
      frame.set(this.#ring.read(this.#next, this.#ring.end));
      this.#send(connection, frame);
    }
    this.#isLastSent = true;
    connection.finish();
  }

  #onFinished(): void {
    this.#isFinishing = false;
    this.#events.brokenOff();
    if (this.#farthest - this.#heard > UNHEARD_MS * SAMPLES_PER_MS) this.#events.gap(this.#heard, this.#farthest);
    this.#plan.cut(this.#farthest);
    this.#heard = this.#farthest;
    this.#tell('idle', null);
    for (const resolve of this.#whenFinished.splice(0)) resolve();
    if (!this.#isClosed && this.#ring.end - this.#next >= this.#frame) this.#connect();
  }

  #tell(state: FeederState, detail: string | null): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#events.state(state, detail);
  }
}
