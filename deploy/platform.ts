import { createServer } from 'node:http';
import { migrations, storeSeenBy } from '@qinqiao/domain';
import { ensureBuiltInRoles, roleHolders } from '@qinqiao/domain/access';
import { startAppointmentKeeper } from '@qinqiao/domain/appointments';
import { startApprovalTicker } from '@qinqiao/domain/approvals';
import { startFaceRuns } from '@qinqiao/domain/faces';
import { openNoticeChannels, startNotices } from '@qinqiao/domain/notices';
import { Dispatcher } from '@qinqiao/domain/outbox';
import { workOnVerifications } from '@qinqiao/domain/audit';
import { openRecordingStores } from '@qinqiao/domain/recordings';
import { finishPeople } from '@qinqiao/domain/people';
import { startTransfers } from '@qinqiao/domain/transfers';
import { ensureBuiltInTasks, startTaskTicker, TASK_KINDS } from '@qinqiao/domain/tasks';
import { AlertEscalator } from '@qinqiao/domain/word-alerts';
import { type FaceService, forLibrary, openFaceService } from '@qinqiao/faces';
import {
  type Clock,
  type Config,
  createLogger,
  type CryptoProvider,
  type Db,
  derivedSecret,
  isAuditProtected,
  type Logger,
  migrateOnce,
  newId,
  openDatabase,
  openSoftwareCrypto,
  protectAudit,
  refreshStatistics,
  rootSecret,
  systemClock,
} from '@qinqiao/server-kit';
import { startMediasoupEngine } from '@qinqiao/sfu';
import { isAnswering, listen, openApp } from './app.ts';
import { receiversOf } from './receivers.ts';
import { LINK_PURPOSE, type Signaling, start as startSignaling } from '@qinqiao/signaling';

/** What every service of one process shares. */
export interface Platform extends AsyncDisposable {
  config: Config;
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  secret: string;
  linkSecret: string;
  /** The process's one face service, opened when it is first asked for: its models take memory. */
  faces(): FaceService;
  logger(service: string): Logger;
}

/** Opens the store, at the newest version. */
export async function openPlatform(config: Config): Promise<Platform> {
  const db = openDatabase(config);
  await migrateOnce(db, migrations, config);
  const secret = rootSecret(config);
  const crypto = openSoftwareCrypto(config, systemClock);
  await finishPeople(db, crypto);
  await refreshStatistics(db);
  await ensureBuiltInRoles(db, crypto);
  const logger = (service: string) => createLogger(service, config.logLevel);
  let faces: FaceService | null = null;
  return {
    config,
    db,
    crypto,
    clock: systemClock,
    secret,
    linkSecret: derivedSecret(secret, LINK_PURPOSE),
    logger,
    faces: () => (faces ??= openFaceService(config, logger('faces'))),
    [Symbol.asyncDispose]: async () => {
      await faces?.[Symbol.asyncDispose]();
      await db.destroy();
    },
  };
}

export interface Web extends AsyncDisposable {
  signaling: Signaling;
  port: number;
  workerPids: () => number[];
}

/** Starts what faces people: the media engine, REST, sockets and pages, behind one HTTP port. */
export async function startWeb(platform: Platform): Promise<Web> {
  const { config, db, crypto, clock, secret } = platform;
  await using stack = new AsyncDisposableStack();
  const engine = stack.use(await startMediasoupEngine({ rtc: config.rtc, tapIp: config.tapIp, log: platform.logger('sfu') }));
  const box: { signaling?: Signaling } = {};
  const health = async () => ({
    database: await isAnswering(db),
    media: engine.healthy,
    recorder: box.signaling?.links.recorder ?? false,
    speech: config.speech.engine === 'none' || (box.signaling?.links.asr ?? false),
    picture: box.signaling?.links.picture ?? false,
  });
  stack.use(
    startFaceRuns({
      db,
      crypto,
      clock,
      dataDir: config.dataDir,
      faces: forLibrary(platform.faces()),
      seenBy: storeSeenBy,
      log: platform.logger('faces'),
    }),
  );
  stack.use(new AlertEscalator({ db, clock, log: platform.logger('alerts') }));
  stack.use(startTransfers({ db, crypto, clock, config, log: platform.logger('transfers') }));
  const stores = stack.use(await openRecordingStores(config.storage));
  const http = createServer(openApp(platform, { stores, health }));
  stack.defer(() => void http.closeAllConnections());
  const signaling = stack.use(await startSignaling({ config, secret, db, clock, log: platform.logger('signaling'), engine, http }));
  box.signaling = signaling;
  await protectTrail(platform, platform.logger('audit'));
  const database = { dataDir: config.dataDir, databaseUrl: config.databaseUrl };
  const owner = `web-${newId()}`;
  stack.use(workOnVerifications({ db, crypto, clock, database, owner, log: platform.logger('audit') }));
  await ensureBuiltInTasks(db, TASK_KINDS, clock);
  const taskDeps = { db, crypto, clock, database, dataDir: config.dataDir, log: platform.logger('tasks') };
  stack.use(startTaskTicker({ deps: taskDeps, kinds: TASK_KINDS, owner }));
  stack.use(startAppointmentKeeper(db, { clock, log: platform.logger('appointments') }));
  const channels = openNoticeChannels(config.notices, { db, clock });
  stack.use(startNotices({ db, crypto, clock, channels, log: platform.logger('notices') }));
  stack.use(startApprovalTicker(db, roleHolders, { clock, log: platform.logger('approvals') }));
  stack.use(new Dispatcher(db, { receivers: receiversOf(platform), clock, log: platform.logger('outbox') }).start());
  const port = await listen(http, { host: config.host, port: config.port });
  const resources = stack.move();
  return { signaling, port, workerPids: () => engine.workerPids, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Where the database did not allow it before, or somebody took it away. */
async function protectTrail({ db }: Platform, log: Logger): Promise<void> {
  if (await isAuditProtected(db)) return;
  log.warn('the database does not protect the audit trail; its triggers are made anew');
  await protectAudit(db).catch((err: unknown) => log.error({ err }, 'the audit trail could not be protected'));
}
