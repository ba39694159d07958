import { z } from 'zod';
import { EnrolmentState, FaceProblem, FaceSource, FaceSubject } from '../faces.ts';
import { Instant, Localised } from '../ids.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

const Id = z.string().min(1).max(32);

/** Pictures of one person that may be in the library. */
export const MOST_FACES = 5;
export const MOST_FACE_BYTES = 10_000_000;
/** A zip of pictures, the pictures in it, and what all of them together may come to when they are unpacked. */
export const MOST_FACE_ZIP_BYTES = 200_000_000;
export const MOST_FACE_ZIP_ENTRIES = 1000;
export const MOST_FACE_ZIP_UNPACKED_BYTES = 1_000_000_000;

/** What was measured on the picture: pixels, grey levels, degrees. */
export const FaceQuality = z.object({
  faceWidth: z.number(),
  sharpness: z.number(),
  brightness: z.number(),
  yaw: z.number(),
  pitch: z.number(),
});
export type FaceQuality = z.infer<typeof FaceQuality>;

export const FaceView = z.object({
  id: z.string(),
  state: EnrolmentState,
  source: FaceSource,
  model: z.string(),
  /** Made by another model than the one in use: it is not compared with until it is computed again. */
  outdated: z.boolean(),
  quality: FaceQuality,
  enrolledBy: z.string(),
  enrolledAt: Instant,
  approvedBy: z.string().nullable(),
  approvedAt: Instant.nullable(),
  version: Version,
});
export type FaceView = z.infer<typeof FaceView>;

/** Somebody who may be in the library, with the faces that are in it. */
export const FacePerson = z.object({
  subject: FaceSubject,
  id: z.string(),
  name: z.string(),
  /** An inmate's number, a family member's masked telephone number, a companion's masked ID number. */
  number: z.string(),
  /** Ward of an inmate; of others the prison. */
  place: z.string(),
  faces: z.array(FaceView),
});
export type FacePerson = z.infer<typeof FacePerson>;

/** Which faces a person must have to be listed. */
export const FaceFilterState = z.enum(['none', 'any', 'pending', 'active', 'outdated']);
export type FaceFilterState = z.infer<typeof FaceFilterState>;

export const FacePeopleQuery = Page.extend({
  subject: FaceSubject.default('inmate'),
  prisonId: Id.optional(),
  wardId: Id.optional(),
  state: FaceFilterState.optional(),
  /** A name's beginning or an inmate's number; of families also pinyin initials. */
  text: SearchText.optional(),
});

/** bulk: pictures out of a zip · recompute: the vectors of the kept pictures, by the model in use. */
export const FaceRunKind = z.enum(['bulk', 'recompute']);
export const FaceRunState = z.enum(['queued', 'running', 'done', 'failed']);
export const FaceRunView = z.object({
  id: z.string(),
  kind: FaceRunKind,
  subject: FaceSubject.nullable(),
  state: FaceRunState,
  fileName: z.string(),
  total: z.number().int(),
  done: z.number().int(),
  enrolled: z.number().int(),
  refused: z.number().int(),
  /** Why it failed. */
  error: Localised.nullable(),
  by: z.string(),
  createdAt: Instant,
  finishedAt: Instant.nullable(),
});
export type FaceRunView = z.infer<typeof FaceRunView>;

export const FaceRunRow = z.object({
  id: z.string(),
  fileName: z.string(),
  /** Null: nobody was found for the file's name. */
  person: z.string().nullable(),
  ok: z.boolean(),
  reason: Localised.nullable(),
});
export type FaceRunRow = z.infer<typeof FaceRunRow>;

export const FaceServiceView = z.object({
  model: z.string(),
  healthy: z.boolean(),
  /** Faces in the officer's data scope that another model made. */
  outdated: z.number().int(),
});
export type FaceServiceView = z.infer<typeof FaceServiceView>;

const Change = z.object({ version: Version });

/** The face library (V01): who is enrolled, by which pictures, by whom. */
export const faceRest = {
  listFacePeople: {
    method: 'get',
    path: '/api/faces/people',
    roles: OFFICER,
    permission: 'face.read',
    query: FacePeopleQuery,
    response: list(FacePerson),
  },
  getFaceService: { method: 'get', path: '/api/faces/service', roles: OFFICER, permission: 'face.read', response: FaceServiceView },
  /** Whether a picture would do, before it is enrolled: for the camera's outline. Nothing is kept. */
  checkFace: {
    method: 'post',
    path: '/api/faces/check',
    roles: OFFICER,
    permission: 'face.edit',
    file: 'in',
    response: z.object({ problem: FaceProblem.nullable(), text: Localised.nullable(), quality: FaceQuality.partial() }),
  },
  /** The bytes of one JPEG, PNG or WebP. An officer's enrolment needs no approval. */
  enrolFace: {
    method: 'post',
    path: '/api/faces',
    roles: OFFICER,
    permission: 'face.edit',
    file: 'in',
    query: z.object({
      subject: FaceSubject,
      subjectId: Id,
      source: z.enum(['camera', 'upload']),
      /** The officer has made sure that it is the person, although it is not like the faces there are (`face_unlike`). */
      confirmed: Flag.default(false),
    }),
    response: FaceView,
  },
  approveFace: {
    method: 'post',
    path: '/api/faces/:id/approve',
    roles: OFFICER,
    permission: 'face.edit',
    idempotent: true,
    params: IdParams,
    body: Change,
    response: FaceView,
  },
  /** Deletes a face that waits for approval. */
  rejectFace: {
    method: 'post',
    path: '/api/faces/:id/reject',
    roles: OFFICER,
    permission: 'face.edit',
    idempotent: true,
    params: IdParams,
    body: Change.extend({ reason: z.string().trim().min(1).max(200) }),
    response: z.object({}),
  },
  /** The picture, the vector and the row are gone afterwards. */
  deleteFace: {
    method: 'delete',
    path: '/api/faces/:id',
    roles: OFFICER,
    permission: 'face.edit',
    params: IdParams,
    response: z.object({}),
  },
  readFacePicture: {
    method: 'get',
    path: '/api/faces/:id/picture',
    roles: OFFICER,
    permission: 'face.read',
    file: 'out',
    params: IdParams,
    response: z.unknown(),
  },
  /** A zip of pictures, each called by its inmate's number, or a family member's ID number or telephone (`1001.jpg`, `1001-2.jpg`). */
  startFaceBulk: {
    method: 'post',
    path: '/api/faces/runs/bulk',
    roles: OFFICER,
    permission: 'face.edit',
    file: 'in',
    query: z.object({ subject: z.enum(['inmate', 'family']), name: z.string().trim().min(1).max(200) }),
    response: FaceRunView,
  },
  /** Computes the vectors of all kept pictures that another model made. */
  startFaceRecompute: {
    method: 'post',
    path: '/api/faces/runs/recompute',
    roles: OFFICER,
    permission: 'face.edit',
    idempotent: true,
    response: FaceRunView,
  },
  /** The officer's own, the newest first. */
  listFaceRuns: {
    method: 'get',
    path: '/api/faces/runs',
    roles: OFFICER,
    permission: 'face.edit',
    query: Page,
    response: list(FaceRunView),
  },
  getFaceRun: {
    method: 'get',
    path: '/api/faces/runs/:id',
    roles: OFFICER,
    permission: 'face.edit',
    params: IdParams,
    response: FaceRunView,
  },
  listFaceRunRows: {
    method: 'get',
    path: '/api/faces/runs/:id/rows',
    roles: OFFICER,
    permission: 'face.edit',
    params: IdParams,
    query: Page.extend({ refused: Flag.optional() }),
    response: list(FaceRunRow),
  },
} as const satisfies Record<string, RestEndpoint>;
