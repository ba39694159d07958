import type { QinqiaoError } from '@qinqiao/contracts';
import type { LoggedIn } from '@qinqiao/domain/identity';
import type { Clock, Config, Db, Logger } from '@qinqiao/server-kit';

/** What the REST handlers use. */
export interface ServerDeps {
  config: Pick<Config, 'dataDir' | 'videoCodec' | 'rtc'>;
  /** The installation's root secret. */
  secret: string;
  db: Db;
  clock: Clock;
  log: Logger;
  /** What clients load their media device with. */
  rtpCapabilities: Record<string, unknown>;
  /** The state of every part of the installation, for /healthz. */
  health: () => Promise<Record<string, boolean>>;
  /** Built web apps: path below / → folder. */
  apps: Record<string, string>;
}

/** One request, after its token has been looked at. */
export interface RequestContext {
  /** Null only for endpoints that need no log-in. */
  who: LoggedIn | null;
  token: string | null;
}

export type Thrown = QinqiaoError | Error;
