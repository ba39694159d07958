import { recorderRequests } from '@qinqiao/contracts';
import { type Config, connectLink, type Link } from '@qinqiao/server-kit';
import { Recorder, type RecorderDeps } from './service.ts';

export type { Manifest, ManifestTrack } from './finalise/index.ts';
export { MANIFEST, runFfmpeg } from './finalise/index.ts';
export type { JournalStorage } from './journal/index.ts';
export { Recorder, type RecorderDeps } from './service.ts';

export interface StartDeps extends RecorderDeps {
  config: RecorderDeps['config'] & Pick<Config, 'linkUrl'>;
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
  const { config, log, linkSecret } = deps;
  let link: Link | undefined;
  const recorder = await Recorder.start(deps, (name, payload) => link?.emit(name, payload));
  const { instance, handlers, pushes } = recorder;
  const auth = { secret: linkSecret, service: 'recorder' as const, instance };
  link = connectLink({ url: config.linkUrl, auth, requests: recorderRequests, handlers, pushes, log });
  return {
    instance,
    get connected() {
      return link.connected;
    },
    [Symbol.asyncDispose]: async () => {
      await link[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
    },
  };
}
