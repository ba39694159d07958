import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import {
  type Actor,
  type Clock,
  type CryptoProvider,
  type Db,
  JobQueue,
  type Logger,
  newId,
  type SealedFolder,
  toInstant,
} from '@qinqiao/server-kit';
import { loadAccess } from '../access/index.ts';
import type { SeenUnits } from '../scope/index.ts';
import { TransferFiles } from '../transfers/index.ts';
import { runBulk } from './bulk.ts';
import { facePictures } from './faces.ts';
import type { FaceLooker } from './looker.ts';
import { runRecompute } from './recompute.ts';
import { type FaceRun, findRun, unfinishedRuns, updateRun } from './runs.ts';

export const FACE_RUN_JOB = 'face.run';
const LEASE_MS = 20_000;
const ATTEMPTS = 3;
/** While people keep the service busy, a file waits so long and is tried again. */
const BUSY_MS = 1000;
const MOST_BUSY = 120;

export interface FaceRunsDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  log: Logger;
  dataDir: string;
  faces: FaceLooker;
  /** The store as somebody with this data scope sees it. */
  seenBy: (db: Db, seen: SeenUnits) => Db;
}

export interface RunDeps extends Omit<FaceRunsDeps, 'seenBy' | 'dataDir'> {
  pictures: SealedFolder;
  uploads: TransferFiles;
  stopping: AbortSignal;
}

/** Works on zips of pictures and on recomputings, one after the other, until disposed; what is broken off begins where it stopped. */
export function startFaceRuns(given: FaceRunsDeps): AsyncDisposable {
  const { db, crypto, clock, log, dataDir } = given;
  const queue = new JobQueue(db, { owner: `${hostname().slice(0, 24)}-${newId()}`, leaseMs: LEASE_MS, maxAttempts: ATTEMPTS, clock, log });
  const stopping = new AbortController();
  const deps: RunDeps = {
    ...given,
    faces: patient(given.faces, stopping.signal),
    pictures: facePictures(dataDir, crypto),
    uploads: new TransferFiles(dataDir, crypto),
    stopping: stopping.signal,
  };
  void resume(db, queue).catch((error: unknown) => log.error({ err: error }, 'unfinished face runs were not taken up'));
  const work = queue.work(FACE_RUN_JOB, (job) => workOn(deps, given.seenBy, job));
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await work[Symbol.asyncDispose]();
    },
  };
}

async function resume(db: Db, queue: JobQueue): Promise<void> {
  for (const id of await unfinishedRuns(db)) await queue.enqueue(db, { kind: FACE_RUN_JOB, key: id, payload: {} });
}

/** One attempt at a run. What it is refused for ends it; what is our own fault is tried again, some times. */
export async function workOn(deps: RunDeps, seenBy: FaceRunsDeps['seenBy'], job: { key: string; attempt: number }): Promise<void> {
  const run = await findRun(deps.db, job.key);
  if (!run || (run.state !== 'queued' && run.state !== 'running')) return deps.uploads.remove(job.key, 'in');
  await updateRun(deps.db, run.id, { state: 'running' });
  try {
    await carryOut(deps, seenBy, run);
    await end(deps, run.id, { state: 'done', error: null });
  } catch (error) {
    if (deps.stopping.aborted) throw error;
    const refused = error instanceof QinqiaoError ? error : new QinqiaoError('internal', { cause: error });
    const mayPass = refused.code === 'internal' || refused.code === 'face_service_unavailable' || refused.code === 'audit_failed';
    if (mayPass && job.attempt < ATTEMPTS) throw error;
    deps.log.warn({ err: error, run: run.id }, 'a run of the face library failed');
    await end(deps, run.id, { state: 'failed', error: JSON.stringify(refused.body().text) });
  }
  await deps.uploads.remove(run.id, 'in');
}

async function carryOut(deps: RunDeps, seenBy: FaceRunsDeps['seenBy'], run: FaceRun): Promise<void> {
  const officer = await loadAccess(deps.db, deps.crypto, run.officer_id);
  if (!officer.permissions.has('face.edit')) throw new QinqiaoError('forbidden');
  const actor: Actor = { role: 'officer', id: officer.id, name: officer.name };
  if (run.kind === 'bulk') await runBulk(deps, run, { db: seenBy(deps.db, officer.seen), actor });
  else await runRecompute(deps, run, { actor });
}

const end = ({ db, clock }: RunDeps, id: string, change: Pick<FaceRun, 'state' | 'error'>) =>
  updateRun(db, id, { ...change, finished_at: toInstant(clock.now()) });

/** The same service, which waits where it is busy: a zip has time. */
function patient(faces: FaceLooker, stopping: AbortSignal): FaceLooker {
  const waiting = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        const busy = error instanceof QinqiaoError && error.code === 'face_service_busy';
        if (!busy || tries >= MOST_BUSY) throw error;
        await sleep(BUSY_MS, undefined, { signal: stopping });
      }
    }
  };
  return {
    get model() {
      return faces.model;
    },
    examine: (...given) => waiting(() => faces.examine(...given)),
    describe: (...given) => waiting(() => faces.describe(...given)),
    likeness: (one, other) => faces.likeness(one, other),
    keepable: (encoded) => faces.keepable(encoded),
  };
}
