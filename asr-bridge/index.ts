import { openRecordingStores } from '@qinqiao/domain/recordings';
import { type Clock, type Config, type CryptoProvider, type Db, type Logger, newId, systemClock } from '@qinqiao/server-kit';
import { Bridge } from './bridge.ts';
import { chooseEngine } from './engine/choose.ts';
import { EnginePool } from './engine/pool.ts';
import type { SpeechEngine } from './engine/port.ts';
import { type BridgeSettings, DEFAULT_SETTINGS } from './settings.ts';
import { WordWatch } from './transcript/word-watch.ts';
import { OfflineWorker } from './offline/worker.ts';
import { TranscriptWriter } from './transcript/writer.ts';

export type { EngineConnection, EngineEvents, EngineHints, EngineText, SpeechEngine } from './engine/port.ts';
export type { BridgeSettings } from './settings.ts';

export interface BridgeDeps {
  /** With `storage`, `dataDir` and `recording` it also transcribes recordings. */
  config: Pick<Config, 'linkUrl' | 'tapIp' | 'speech'> & Partial<Pick<Config, 'storage' | 'dataDir' | 'recording'>>;
  /** At the newest version; stays the caller's to close. */
  db: Db;
  /** Opens the keys of engines and recordings. */
  crypto: CryptoProvider;
  log: Logger;
  /** What signaling expects of its services. */
  linkSecret: string;
  clock?: Clock;
  settings?: Partial<BridgeSettings>;
  /** Instead of the one the environment names. */
  engine?: SpeechEngine | null;
}

/**
 * Starts the bridge: offers itself to signaling, hears calls, writes transcripts and raises alerts, and transcribes recordings. Disposing it ends its
 * taps in order.
 * Throws `ConfigError` when the configured engine lacks a setting.
 */
export async function start(deps: BridgeDeps): Promise<AsyncDisposable> {
  const { config, db, crypto, log, clock = systemClock } = deps;
  const settings = { ...DEFAULT_SETTINGS, ...deps.settings };
  const builtIn = deps.engine === undefined ? chooseEngine(config.speech) : deps.engine;
  const { trialEngine: trialProgram } = config.speech;
  await using opened = new AsyncDisposableStack();
  const pool = opened.use(await EnginePool.start({ db, crypto, clock, log, settings, instance: newId(), builtIn, trialProgram }));
  const words = opened.use(await WordWatch.start({ db, log, everyMs: settings.wordsMs }));
  const writer = opened.use(new TranscriptWriter({ db, clock, log, everyMs: settings.storeMs }));
  const link = { url: config.linkUrl, secret: deps.linkSecret };
  const bridge = opened.use(new Bridge({ pool, db, clock, log, settings, words, writer, tapIp: config.tapIp, link }));
  await bridge.start();
  const { storage, dataDir, recording } = config;
  if (storage && dataDir !== undefined && recording) {
    const stores = opened.use(await openRecordingStores(storage));
    const { workDir, ffmpegPath } = recording;
    opened.use(new OfflineWorker({ db, crypto, clock, log, settings, pool, words, stores, dataDir, workDir, ffmpegPath }));
  }
  return opened.move();
}
