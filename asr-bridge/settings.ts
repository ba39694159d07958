/** What can be tuned, mostly so that tests need not wait. */
export interface BridgeSettings {
  /** Audio kept for an engine that is away. */
  ringMs: number;
  /** Bytes that may wait in a connection before audio is held back. */
  bufferLimitBytes: number;
  /** First wait before connecting anew; doubled each time up to `reconnectCapMs`. */
  reconnectMs: number;
  reconnectCapMs: number;
  connectTimeoutMs: number;
  /** An engine that takes nothing for so long while audio waits is replaced. */
  stallMs: number;
  /** After an outage, at least so much is sent again, and at most so much of a sentence that had begun. */
  replayMs: number;
  longestReplayMs: number;
  /** How long an engine may take for its last text. */
  finishMs: number;
  /** Waiting audio from which on the engine counts as too slow. */
  slowMs: number;
  /** How often provisional text and progress are stored. */
  storeMs: number;
  /** How often the list of words and the engines are looked at. */
  wordsMs: number;
  /** How often engines that hear nobody are asked whether they are there. */
  checkMs: number;
  /** An engine must have been in order for so long before speakers come back to it. */
  returnMs: number;
}

export const DEFAULT_SETTINGS: BridgeSettings = {
  ringMs: 30_000,
  bufferLimitBytes: 64 * 1024,
  reconnectMs: 100,
  reconnectCapMs: 1000,
  connectTimeoutMs: 10_000,
  stallMs: 5000,
  replayMs: 1000,
  longestReplayMs: 12_000,
  finishMs: 8000,
  slowMs: 3000,
  storeMs: 1000,
  wordsMs: 1000,
  checkMs: 5000,
  returnMs: 10_000,
};
