import { z } from 'zod';
import { CallId, Instant, Localised } from '../ids.ts';
import { Flag, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';
import type { Role } from '../calls.ts';

const PERSON: Role[] = ['inmate', 'family'];
const Id = z.string().min(1).max(32);

/** How the head is to be held: towards the camera, or turned to the person's own left or right. */
export const HeadPose = z.enum(['centre', 'left', 'right']);
export type HeadPose = z.infer<typeof HeadPose>;

/** login: an inmate at a tablet · entry: a family member before a call. */
export const FaceCheckPurpose = z.enum(['login', 'entry']);
export type FaceCheckPurpose = z.infer<typeof FaceCheckPurpose>;

/**
 * open: pictures are being taken · passed, failed: what the server found · waiting: an officer decides · allowed, refused: what he decided ·
 * expired: nobody went on with it.
 */
export const FaceCheckState = z.enum(['open', 'passed', 'failed', 'waiting', 'allowed', 'refused', 'expired']);
export type FaceCheckState = z.infer<typeof FaceCheckState>;

/** Why a check failed or waits for an officer. */
export const FACE_CHECK_REASONS = {
  not_matched: { zh: '与预留照片不符', en: 'Not like the pictures kept' },
  changed_person: { zh: '转头时画面中换了人', en: 'Another person when the head was turned' },
  not_turned: { zh: '未按提示完成转头', en: 'The head was not turned as asked' },
  not_enrolled: { zh: '尚未录入人脸', en: 'No face has been enrolled' },
  service_down: { zh: '人脸服务不可用', en: 'The face service is not available' },
} as const satisfies Record<string, Localised>;
export const FaceCheckReason = z.enum(
  Object.keys(FACE_CHECK_REASONS) as [keyof typeof FACE_CHECK_REASONS, ...(keyof typeof FACE_CHECK_REASONS)[]],
);
export type FaceCheckReason = z.infer<typeof FaceCheckReason>;

const base = {
  id: z.string(),
  purpose: FaceCheckPurpose,
  state: FaceCheckState,
  reason: FaceCheckReason.nullable(),
  /** What the server chose to ask for, in order. */
  steps: z.array(HeadPose),
  expiresAt: Instant,
};

/** A check as the person sees it. */
export const FaceCheckView = z.object({
  ...base,
  /** How many of the steps are done; the next picture is for the step after them. */
  done: z.number().int().nonnegative(),
  /** What was wrong with the last picture; null when it was taken. */
  problem: Localised.nullable(),
});
export type FaceCheckView = z.infer<typeof FaceCheckView>;

/** A check as officers see it. */
export const FaceCheckRecord = z.object({
  ...base,
  subject: z.object({ kind: z.enum(['inmate', 'family']), id: z.string(), name: z.string() }),
  prisonId: z.string(),
  prisonName: z.string(),
  /** Of an entry: the inmate to be called. */
  inmateName: z.string().nullable(),
  callId: CallId.nullable(),
  /** Likeness to the nearest of the pictures kept, in hundredths, and what was asked for. Null when there was nothing to compare. */
  likeness: z.number().int().min(0).max(100).nullable(),
  threshold: z.number().int().min(0).max(100),
  openedAt: Instant,
  settledAt: Instant.nullable(),
  pictures: z.array(z.object({ step: z.number().int(), pose: HeadPose })),
  /** Faces of the library that it was compared with. */
  references: z.array(z.object({ id: z.string() })),
  decision: z.object({ by: z.string(), note: z.string() }).nullable(),
  version: Version,
});
export type FaceCheckRecord = z.infer<typeof FaceCheckRecord>;

const StepParams = z.object({ id: Id, step: z.coerce.number().int().min(0).max(9) });

/** Who stands before the camera: an inmate who logs in, a family member who enters a call (V13, V17). */
export const faceCheckRest = {
  /** Begins a check, or goes on with one that waits for an officer. `check` is null where none is asked for, or it was passed already. */
  openFaceCheck: {
    method: 'post',
    path: '/api/my/face-checks',
    roles: PERSON,
    /** `callId`: which call a family member is about to enter. */
    body: z.object({ callId: CallId.optional() }),
    response: z.object({ check: FaceCheckView.nullable() }),
  },
  getFaceCheck: { method: 'get', path: '/api/my/face-checks/:id', roles: PERSON, params: IdParams, response: FaceCheckView },
  /** One picture for the step that is asked for: JPEG, PNG or WebP. The server alone decides whether it is what was asked for. */
  addFacePicture: {
    method: 'post',
    path: '/api/my/face-checks/:id/pictures',
    roles: PERSON,
    file: 'in',
    params: IdParams,
    query: z.object({ step: z.coerce.number().int().min(0).max(9) }),
    response: FaceCheckView,
  },
  listFaceChecks: {
    method: 'get',
    path: '/api/face-checks',
    roles: OFFICER,
    permission: 'face.decide',
    query: Page.extend({
      /** Only those that wait for a decision, the oldest first; else all, the newest first. */
      waiting: Flag.optional(),
      purpose: FaceCheckPurpose.optional(),
      state: FaceCheckState.optional(),
      from: Instant.optional(),
      to: Instant.optional(),
    }),
    response: list(FaceCheckRecord),
  },
  countWaitingFaceChecks: {
    method: 'get',
    path: '/api/face-checks/waiting',
    roles: OFFICER,
    permission: 'face.decide',
    response: z.object({ count: z.number().int().nonnegative() }),
  },
  readFaceCheckPicture: {
    method: 'get',
    path: '/api/face-checks/:id/pictures/:step',
    roles: OFFICER,
    permission: 'face.decide',
    file: 'out',
    params: StepParams,
    response: z.unknown(),
  },
  /** One of the pictures that the check was compared with. */
  readFaceCheckReference: {
    method: 'get',
    path: '/api/face-checks/:id/references/:faceId',
    roles: OFFICER,
    permission: 'face.decide',
    file: 'out',
    params: z.object({ id: Id, faceId: Id }),
    response: z.unknown(),
  },
  decideFaceCheck: {
    method: 'post',
    path: '/api/face-checks/:id/decision',
    roles: OFFICER,
    permission: 'face.decide',
    idempotent: true,
    params: IdParams,
    body: z.object({
      allow: z.boolean(),
      /** Keeps the frontal picture in the face library, to compare with from now on. */
      enrol: z.boolean().default(false),
      note: z.string().trim().max(200).default(''),
      version: Version,
    }),
    response: FaceCheckRecord,
  },
} as const satisfies Record<string, RestEndpoint>;
