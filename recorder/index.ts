import { recorderRequests } from '@qinqiao/contracts';
import { openRecordingStores } from '@qinqiao/domain/recordings';
import { type Config, connectLink, type CryptoProvider, type Link } from '@qinqiao/server-kit';
import { AudioIntake } from './intake/index.ts';
import { afterFiles, bulkInThreads, RecordingKeeper } from './seal/index.ts';
import { SOFTWARE } from './software.ts';
import { Recorder, type RecorderDeps } from './service.ts';

export type { Manifest, ManifestTrack } from './finalise/index.ts';
export { MANIFEST, runFfmpeg } from './finalise/index.ts';
export type { JournalStorage } from './journal/index.ts';
export { bulkHere, bulkInThreads, type KeeperDeps, RecordingKeeper } from './seal/index.ts';
export { AudioIntake, type IntakeDeps } from './intake/index.ts';
export { Recorder, type RecorderDeps } from './service.ts';

export interface StartDeps extends RecorderDeps {
  config: RecorderDeps['config'] & Pick<Config, 'linkUrl' | 'storage'>;
  crypto: CryptoProvider;
  /** Shared by all services of one installation. */
  linkSecret: string;
}

export interface RunningRecorder extends AsyncDisposable {
  readonly instance: string;
  /** Whether signaling is connected. */
  readonly connected: boolean;
}

/** Starts a recorder and offers it to signaling, in this process or alone in one of its own. */
export async function start(deps: StartDeps): Promise<RunningRecorder> {
  const { config, db, crypto, clock, log, linkSecret } = deps;
  let link: Link | undefined;
  await using started = new AsyncDisposableStack();
  const stores = started.use(await openRecordingStores(config.storage));
  const recorder = started.use(await Recorder.start({ ...deps, after: afterFiles(clock) }, (name, payload) => link?.emit(name, payload)));
  const { instance, handlers, pushes } = recorder;
  const auth = { secret: linkSecret, service: 'recorder' as const, instance };
  link = connectLink({ url: config.linkUrl, auth, requests: recorderRequests, handlers, pushes, log });
  const { dataDir, recording, storage } = config;
  const { keepJournals, workDir } = recording;
  const kept = { dataDir, workDir, keepJournals, software: SOFTWARE, stores, bulk: bulkInThreads(storage) };
  const keeper = started.use(new RecordingKeeper({ db, crypto, clock, log, instance, ...kept }));
  await keeper.start();
  const { ffmpegPath } = recording;
  started.use(new AudioIntake({ db, crypto, clock, log, instance, dataDir, workDir, ffmpegPath })).start();
  const resources = started.move();
  return {
    instance,
    get connected() {
      return link.connected;
    },
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      await resources.disposeAsync();
    },
  };
}
