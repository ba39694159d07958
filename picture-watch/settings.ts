/** What can be tuned, mostly so that tests need not wait. */
export interface WatchSettings {
  /** How often a party's picture is looked at; key frames are asked for no more often. */
  sampleMs: number;
  /** How often parameters and the call's list are read again. */
  policyMs: number;
  listMs: number;
  /** Without a picture for so long, the officer is told. */
  darkMs: number;
}

export const DEFAULT_SETTINGS: WatchSettings = { sampleMs: 2000, policyMs: 5000, listMs: 60_000, darkMs: 10_000 };
