/** What an engine has understood, in milliseconds of the audio it was given. */
export interface EngineText {
  /** Provisional text is replaced by the next; final text ends the stretch. */
  final: boolean;
  /** May be empty: final and empty takes the provisional text back. */
  text: string;
  startMs: number;
  endMs: number;
  /** Of final text: audio before this need not be heard again. */
  doneMs: number;
  /** Where in the text what was spoken until when; empty when the engine does not say. */
  spans: { offset: number; length: number; endMs: number }[];
}

export interface EngineHints {
  /** Words worth listening for, the most important first. */
  words: string[];
}

/** What one connection tells, never from within `connect`. After `closed`, which comes exactly once, it tells nothing more. */
export interface EngineEvents {
  /** Audio may be sent. */
  ready(): void;
  /** Audio that was waiting has left; more may be sent. */
  drained(): void;
  /** The engine has certainly taken all audio up to here, in ms of what it was given. To be told at least once a second. */
  heard(ms: number): void;
  text(text: EngineText): void;
  closed(reason: string): void;
}

/** One connection to an engine, for one speaker. Nothing here throws: failure is `closed`. */
export interface EngineConnection {
  /** Bytes that wait to leave. */
  readonly buffered: number;
  /** 16 kHz mono; whole frames of `frameSamples`. Only after `ready`. */
  send(pcm: Int16Array): void;
  /** No more audio comes: the engine tells its last text and closes. */
  finish(): void;
  /** Closes at once. */
  destroy(reason: string): void;
}

/** A speech engine. One connection serves one speaker; supervision, replay and back-off are not its business but the feeder's. */
export interface SpeechEngine {
  readonly name: string;
  /** A trial engine shows that the chain works, not what recognition can do; whatever it says is labelled so. */
  readonly trial: boolean;
  /** Whether provisional text may be taken back within a stretch; otherwise it only grows. */
  readonly revising: boolean;
  /** Samples per `send`. */
  readonly frameSamples: number;
  /** Takes audio only as fast as it is spoken and never old one: what it missed stays missed. */
  readonly realtimeOnly?: boolean;
  /** Hints are read only when a connection begins: for new ones it has to be made anew. */
  readonly hintsAtStart?: boolean;
  connect(hints: EngineHints, events: EngineEvents): EngineConnection;
  /** Whether a connection could be made now: null, or the reason why not. */
  check(): Promise<string | null>;
}
