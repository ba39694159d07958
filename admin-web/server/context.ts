import type { OfficerAccess } from '@qinqiao/domain/access';
import type { LoggedIn } from '@qinqiao/domain/identity';
import type { RecordingStores } from '@qinqiao/domain/recordings';
import type { IdentityProvider } from '@qinqiao/domain/registrations';
import type { TaskKind } from '@qinqiao/domain/tasks';
import type { FaceService } from '@qinqiao/faces';
import type { Clock, Config, CryptoProvider, Db, Logger, NoticeConfig } from '@qinqiao/server-kit';

/** What the REST handlers use. */
export interface ServerDeps {
  config: Pick<Config, 'dataDir' | 'videoCodec' | 'rtc'> & Partial<Pick<Config, 'databaseUrl' | 'recording' | 'speech'>>;
  /** The installation's root secret. */
  secret: string;
  /** The whole store. What an officer asks is answered from `RestRequest.db`, which shows his data scope only. */
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  /** What clients load their media device with. */
  rtpCapabilities: Record<string, unknown>;
  /** The state of every part of the installation, for /healthz. */
  health: () => Promise<Record<string, boolean>>;
  /** The kinds of work that can be scheduled; by default the domain's. */
  taskKinds?: readonly TaskKind[];
  /** Who checks families' real names; by default what can be checked here. */
  identity?: IdentityProvider;
  /** Who carries notices out of the house; by default nobody. */
  notices?: NoticeConfig;
  /** What finds and compares faces; by default there is none. */
  faces?: FaceService;
  /** Where sealed recordings are kept; by default in the data folder. */
  stores?: Pick<RecordingStores, 'hot' | 'cold'>;
  /** Built web apps: path below / → folder. */
  apps: Record<string, string>;
}

/** One request, after its token has been looked at. */
export interface RequestContext {
  /** Null only for endpoints that need no log-in. */
  who: LoggedIn | null;
  token: string | null;
  /** The officer who asks, with what he may do and see. Null when it is none. */
  officer: OfficerAccess | null;
  /** The store as the one who asks sees it: an officer's is narrowed to his data scope. */
  db: Db;
}
