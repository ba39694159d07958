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

/** What a feeder tells of its speaker. Positions are samples of the channel. */
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
