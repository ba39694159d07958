import { type CallId, FACE_PROBLEMS, QinqiaoError } from '@qinqiao/contracts';
import {
  countWaiting,
  decideFaceCheck,
  type FaceCheckDeps,
  faceCheckFile,
  faceCheckPictures,
  type FaceCheckSubject,
  findFaceCheck,
  listFaceChecks,
  openFaceCheck,
  ownFaceCheck,
  takeFacePicture,
} from '@qinqiao/domain/face-checks';
import { enrolFace, facePictures, getFace } from '@qinqiao/domain/faces';
import { findFamily, findInmate } from '@qinqiao/domain/people';
import { readParameter } from '@qinqiao/domain/settings';
import { type SealedFolder, writeAudit } from '@qinqiao/server-kit';
import { Readable } from 'node:stream';
import { officerActor, requireCall, requireLogin } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { nowOf } from './family-access.ts';
import type { FileAnswer } from './files.ts';
import { compareIdPhoto } from './id-photo.ts';
import type { RestHandlers, RestRequest } from './router.ts';

type Routes =
  | 'openFaceCheck'
  | 'getFaceCheck'
  | 'addFacePicture'
  | 'listFaceChecks'
  | 'countWaitingFaceChecks'
  | 'readFaceCheckPicture'
  | 'readFaceCheckReference'
  | 'decideFaceCheck';

/** One picture of a check as tablets and telephones send it. */
const MOST_BYTES = 2_000_000;

/** Faces checked at the tablet's log-in and before a family member enters a call, and officers' decisions on them. */
export function faceCheckRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { db, crypto, clock, config } = deps;
  const files = faceCheckPictures(config.dataDir, crypto);
  const checking: FaceCheckDeps = {
    db,
    crypto,
    clock,
    files,
    get faces() {
      return deps.faces ?? null;
    },
  };
  return {
    openFaceCheck: async (request) => {
      const subject = await subjectOf(deps, request, request.body.callId);
      return { check: subject && (await openFaceCheck(checking, subject)) };
    },
    getFaceCheck: ({ who, params }) => ownFaceCheck(db, clock, requireLogin(who).subjectId, params.id),
    addFacePicture: async ({ who, params, query, stream }) => {
      const picture = await bytesOf(stream);
      return takeFacePicture(checking, requireLogin(who).subjectId, { id: params.id, step: query.step, picture });
    },
    listFaceChecks: (request) => listFaceChecks(request.db, clock, request.query, request.query),
    countWaitingFaceChecks: async (request) => ({ count: await countWaiting(request.db, clock) }),
    readFaceCheckPicture: async (request) => {
      const { id, step } = request.params;
      await findFaceCheck(request.db, clock, id);
      return shown(deps, request, { id, detail: { step } }, await files.read(faceCheckFile(id, step)));
    },
    readFaceCheckReference: async (request) => {
      const { id, faceId } = request.params;
      const { references } = await findFaceCheck(request.db, clock, id);
      if (!references.some((face) => face.id === faceId)) throw new QinqiaoError('not_found');
      // Who decides on a check sees what it was compared with; the face may belong to a family of another prison's data scope.
      const face = await getFace(db, faceId);
      return shown(deps, request, { id, detail: { face: face.id } }, await facePictures(config.dataDir, crypto).read(face.id));
    },
    decideFaceCheck: async (request) => {
      const { params, body } = request;
      const check = await findFaceCheck(request.db, clock, params.id);
      if (check.version !== body.version) throw new QinqiaoError('edit_conflict');
      if (check.state !== 'waiting') throw new QinqiaoError('face_check_over');
      if (body.allow && body.enrol) await enrol(deps, request, files);
      await decideFaceCheck(request.db, clock, officerActor(request), { id: params.id, ...body });
      return findFaceCheck(request.db, clock, params.id);
    },
  };
}

/** Who is to be looked at; null where no check is asked for. */
async function subjectOf(
  { db, clock }: ServerDeps,
  { who }: Pick<RequestContext, 'who'>,
  callId: CallId | undefined,
): Promise<FaceCheckSubject | null> {
  const login = requireLogin(who);
  const { subjectId, sessionId, deviceId } = login;
  if (login.role === 'inmate') {
    const inmate = login.todo.includes('face') ? await findInmate(db, subjectId) : undefined;
    if (!inmate) return null;
    const ids = { id: subjectId, inmateId: subjectId, prisonId: inmate.prisonId, callId: null, sessionId, deviceId };
    return { kind: 'inmate', purpose: 'login', ...ids, name: inmate.name, inmateName: inmate.name };
  }
  if (callId === undefined) throw new QinqiaoError('bad_request', { fields: { callId: 'required' } });
  const call = await requireCall({ db, who }, callId);
  if ((await readParameter(db, 'face.familyEntry')) === 'off') return null;
  if (call.session.state === 'ended') throw new QinqiaoError('call_ended');
  if (Date.parse(call.session.startsAt) - clock.now().getTime() > EARLIEST_MS) throw new QinqiaoError('call_not_open');
  const family = await findFamily(db, subjectId);
  if (!family) throw new QinqiaoError('not_logged_in');
  const ids = { id: subjectId, inmateId: call.inmateId, prisonId: call.prisonId, callId: call.id, sessionId, deviceId: null };
  return { kind: 'family', purpose: 'entry', ...ids, name: family.name, inmateName: call.inmateName };
}

/** A face is looked at shortly before a call, not the day before. */
const EARLIEST_MS = 60 * 60_000;

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new QinqiaoError('message_too_large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Recorded before the picture is shown. */
async function shown(
  deps: ServerDeps,
  request: Pick<RequestContext, 'officer'>,
  { id, detail }: { id: string; detail: Record<string, unknown> },
  picture: Buffer,
): Promise<FileAnswer> {
  const entry = { at: nowOf(deps), actor: officerActor(request), action: 'face.view', subject: { kind: 'face_check', id }, detail };
  await writeAudit(deps.db, entry);
  return { name: `${id}.jpg`, type: 'image/jpeg', content: Readable.from([picture]) };
}

/** Keeps the frontal picture in the library. Throws `face_refused` when it is not good enough to be compared with. */
async function enrol(deps: ServerDeps, request: RestRequest<'decideFaceCheck'>, files: SealedFolder): Promise<void> {
  const { db, crypto, clock, config } = deps;
  if (!deps.faces) throw new QinqiaoError('face_service_unavailable');
  const { subject, purpose } = await findFaceCheck(request.db, clock, request.params.id);
  const picture = await files.read(faceCheckFile(request.params.id, 0));
  const examined = await deps.faces.examine({ encoded: picture });
  if (!examined.ok) throw new QinqiaoError('face_refused', { fields: { enrol: FACE_PROBLEMS[examined.problem] } });
  const keeping = { db, crypto, pictures: facePictures(config.dataDir, crypto), actor: officerActor(request), now: clock.now() };
  await enrolFace(keeping, {
    owner: { subject: subject.kind, id: subject.id },
    state: 'active',
    source: purpose === 'login' ? 'tablet' : 'family',
    vector: examined.face.vector,
    quality: examined.quality,
    picture,
  });
  if (subject.kind === 'family') await compareIdPhoto(deps, subject.id);
}
