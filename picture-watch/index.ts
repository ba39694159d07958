import type { FaceService } from '@qinqiao/faces';
import { type Clock, type Config, type CryptoProvider, type Db, type Logger, systemClock } from '@qinqiao/server-kit';
import { openDecoder } from './decode/open.ts';
import { DEFAULT_SETTINGS, type WatchSettings } from './settings.ts';
import { PictureWatch } from './watch.ts';

export type { WatchSettings } from './settings.ts';

export interface WatchDeps {
  config: Pick<Config, 'linkUrl' | 'tapIp' | 'dataDir'> & { recording: Pick<Config['recording'], 'ffmpegPath'> };
  /** At the newest version; stays the caller's to close. */
  db: Db;
  crypto: CryptoProvider;
  /** Stays the caller's to close. */
  faces: FaceService;
  log: Logger;
  /** What signaling expects of its services. */
  linkSecret: string;
  clock?: Clock;
  settings?: Partial<WatchSettings>;
}

/** Starts the watch: offers itself to signaling, looks at calls' pictures, stores warnings. Disposing it stores what waits. */
export function start({ config, linkSecret, clock = systemClock, settings, ...deps }: WatchDeps): Promise<AsyncDisposable> {
  const { linkUrl, tapIp, dataDir, recording } = config;
  return PictureWatch.start({
    ...deps,
    clock,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    dataDir,
    tapIp,
    openDecoder: (codec) => openDecoder(codec, recording.ffmpegPath),
    link: { url: linkUrl, secret: linkSecret },
  });
}
