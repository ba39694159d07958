import type { SessionEvent } from '@qinqiao/domain/calls';
import type { Clock, Config, Db, Logger } from '@qinqiao/server-kit';
import type { MediaEngine } from '@qinqiao/sfu';
import type { LinkHub } from './link-hub.ts';

/** What a running call uses. */
export interface LiveCallDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  engine: MediaEngine;
  hub: LinkHub;
  recording: Pick<Config['recording'], 'lost' | 'waitMs'>;
}

/** Without the instant, which the call itself puts in. */
export type Happening = SessionEvent extends infer Event ? (Event extends SessionEvent ? Omit<Event, 'at'> : never) : never;
