import {
  FACE_PROBLEMS,
  MOST_FACE_BYTES,
  MOST_FACE_ZIP_BYTES,
  MOST_FACE_ZIP_ENTRIES,
  MOST_FACE_ZIP_UNPACKED_BYTES,
  QinqiaoError,
} from '@qinqiao/contracts';
import {
  addRun,
  approveFace,
  assertLikeOwn,
  countOutdated,
  enrolFace,
  FACE_RUN_JOB,
  type FaceKeeping,
  facePictures,
  getFace,
  listFacePeople,
  listRunRows,
  listRuns,
  rejectFace,
  removeFace,
  requireRun,
  runningRecompute,
  viewFace,
  viewRun,
} from '@qinqiao/domain/faces';
import { readParameter } from '@qinqiao/domain/settings';
import { TransferFiles } from '@qinqiao/domain/transfers';
import { type FaceService, keepable, PictureRefused } from '@qinqiao/faces';
import { JobQueue, newId, writeAudit, ZipReader } from '@qinqiao/server-kit';
import { Readable } from 'node:stream';
import { officerActor, requireOfficer } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { nowOf } from './family-access.ts';
import { compareIdPhoto } from './id-photo.ts';
import type { RestHandlers, RestRequest } from './router.ts';

type FaceRoutes =
  | 'listFacePeople'
  | 'getFaceService'
  | 'checkFace'
  | 'enrolFace'
  | 'approveFace'
  | 'rejectFace'
  | 'deleteFace'
  | 'readFacePicture';
type RunRoutes = 'startFaceBulk' | 'startFaceRecompute' | 'listFaceRuns' | 'getFaceRun' | 'listFaceRunRows';

/** The face library: whom an officer does not see he neither finds in it nor enrols. */
export const faceRoutes = (deps: ServerDeps): Pick<RestHandlers, FaceRoutes | RunRoutes> => ({
  ...libraryRoutes(deps),
  ...runRoutes(deps),
});

function libraryRoutes(deps: ServerDeps): Pick<RestHandlers, FaceRoutes> {
  const { crypto } = deps;
  const pictures = facePictures(deps.config.dataDir, crypto);
  const keeping = (request: Pick<RequestContext, 'db' | 'officer'>): FaceKeeping => ({
    db: request.db,
    crypto,
    pictures,
    actor: officerActor(request),
    now: deps.clock.now(),
  });
  return {
    listFacePeople: ({ db, query }) => listFacePeople(db, crypto, query, modelOf(deps)),
    getFaceService: async ({ db }) => {
      const model = modelOf(deps);
      return { model, healthy: deps.faces?.healthy ?? false, outdated: await countOutdated(db, model) };
    },
    checkFace: async ({ stream }) => {
      const examined = await requireFaces(deps).examine({ encoded: await pictureOf(stream) });
      if (examined.ok) return { problem: null, text: null, quality: examined.quality };
      return { problem: examined.problem, text: FACE_PROBLEMS[examined.problem], quality: examined.quality };
    },
    enrolFace: async (request) => {
      const { subject, subjectId, source, confirmed } = request.query;
      const encoded = await pictureOf(request.stream);
      const faces = requireFaces(deps);
      const examined = await faces.examine({ encoded });
      if (!examined.ok) throw new PictureRefused(examined.problem);
      const { face, quality } = examined;
      const owner = { subject, id: subjectId };
      if (!confirmed) {
        const limits = { db: request.db, crypto, threshold: await readParameter(deps.db, 'face.likeness') };
        await assertLikeOwn(limits, owner, face.vector, (...pair) => faces.likeness(...pair));
      }
      const picture = await keepable(encoded);
      const fresh = { owner, state: 'active', source, vector: face.vector, quality, picture } as const;
      const row = await enrolFace(keeping(request), fresh);
      if (subject === 'family') await compareIdPhoto(deps, subjectId);
      return viewFace(row, modelOf(deps));
    },
    approveFace: async (request) => viewFace(await approveFace(keeping(request), request.params.id, request.body.version), modelOf(deps)),
    rejectFace: async (request) => {
      await rejectFace(keeping(request), request.params.id, request.body);
      return {};
    },
    deleteFace: async (request) => {
      await removeFace(keeping(request), request.params.id);
      return {};
    },
    readFacePicture: async (request) => {
      const face = await getFace(request.db, request.params.id);
      const picture = await pictures.read(face.id);
      // Recorded before anything is shown.
      const subject = { kind: face.subject, id: face.inmate_id ?? face.family_id ?? face.companion_id ?? '' };
      await writeAudit(deps.db, { at: nowOf(deps), actor: officerActor(request), action: 'face.view', subject, detail: { face: face.id } });
      return { name: `${face.id}.jpg`, type: 'image/jpeg', content: Readable.from([picture]) };
    },
  };
}

/** Runs are the officer's own, which each query asks; their tables know no data scope. */
function runRoutes(deps: ServerDeps): Pick<RestHandlers, RunRoutes> {
  const { db } = deps;
  const files = new TransferFiles(deps.config.dataDir, deps.crypto);
  return {
    startFaceBulk: (request) => startBulk(deps, files, request),
    startFaceRecompute: async (request) => {
      requireFaces(deps);
      const running = await runningRecompute(db);
      if (running) return viewRun(running);
      return startRun(deps, request, { kind: 'recompute', subject: null, fileName: '' });
    },
    listFaceRuns: ({ officer, query }) => listRuns(db, requireOfficer({ officer }).id, query),
    getFaceRun: async ({ officer, params }) => viewRun(await requireRun(db, requireOfficer({ officer }).id, params.id)),
    listFaceRunRows: async ({ officer, params, query }) => {
      await requireRun(db, requireOfficer({ officer }).id, params.id);
      return listRunRows(db, params.id, query);
    },
  };
}

async function startBulk(deps: ServerDeps, files: TransferFiles, request: RestRequest<'startFaceBulk'>) {
  requireFaces(deps);
  const { subject, name } = request.query;
  if (!/\.zip$/i.test(name)) throw new QinqiaoError('file_invalid', { fields: { name: ONLY_ZIP } });
  const id = newId();
  try {
    await files.write(id, 'in', request.stream, MOST_FACE_ZIP_BYTES);
    await assertZip(files, id);
    return await startRun(deps, request, { id, kind: 'bulk', subject, fileName: name });
  } catch (error) {
    await files.remove(id, 'in');
    throw error;
  }
}

const ONLY_ZIP = { zh: '请上传 .zip 压缩包', en: 'Upload a .zip file' };

/** Said at once, not by the job. */
async function assertZip(files: TransferFiles, id: string): Promise<void> {
  await using file = await files.open(id, 'in');
  const limits = { mostBytes: MOST_FACE_ZIP_UNPACKED_BYTES, mostEntries: MOST_FACE_ZIP_ENTRIES };
  await ZipReader.open(file, limits).catch((cause: unknown) => {
    throw new QinqiaoError('file_invalid', { fields: { name: ONLY_ZIP }, cause });
  });
}

interface NewRun {
  id?: string;
  kind: 'bulk' | 'recompute';
  subject: 'inmate' | 'family' | null;
  fileName: string;
}

async function startRun(deps: ServerDeps, request: Pick<RequestContext, 'officer'>, run: NewRun) {
  const { db, clock } = deps;
  const actor = officerActor(request);
  const queue = new JobQueue(db, { owner: 'web', clock });
  return db.transaction().execute(async (trx) => {
    const row = await addRun(trx, { ...run, officer: actor, model: modelOf(deps) }, clock.now());
    await queue.enqueue(trx, { kind: FACE_RUN_JOB, key: row.id, payload: {} });
    const detail = { kind: run.kind, subject: run.subject, fileName: run.fileName };
    await writeAudit(trx, { at: nowOf(deps), actor, action: `face.${run.kind}`, subject: { kind: 'face_run', id: row.id }, detail });
    return viewRun(row);
  });
}

const modelOf = ({ faces }: ServerDeps): string => faces?.model ?? '';

function requireFaces({ faces }: ServerDeps): FaceService {
  if (!faces) throw new QinqiaoError('face_service_unavailable');
  return faces;
}

async function pictureOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.length;
    if (bytes > MOST_FACE_BYTES) throw new PictureRefused('too_large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
