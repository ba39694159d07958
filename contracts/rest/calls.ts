import { z } from 'zod';
import { CallState, EndReason, Presence, TranscriptSegment, WordAlert } from '../calls.ts';
import { CallId, FamilyId, InmateId, Instant, RoomId } from '../ids.ts';
import { MaskPolicy } from '../picture.ts';
import { RecordingSeal, RecordingState } from './evidence.ts';
import { ANYONE, Empty, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

/** A call as lists show it. */
export const CallSummary = z.object({
  id: CallId,
  state: CallState,
  startsAt: Instant,
  endsAt: Instant,
  inmateName: z.string(),
  inmateNumber: z.string(),
  wardName: z.string(),
  familyName: z.string(),
  relation: z.string(),
  roomName: z.string(),
  parties: z.object({ inmate: Presence, family: Presence }),
  liveSince: Instant.nullable(),
  endedAt: Instant.nullable(),
  endReason: EndReason.nullable(),
  endNote: z.string().nullable(),
  alerts: z.number().int().nonnegative(),
  recording: RecordingState,
  /** Whether the one who asks may enter now. */
  canJoin: z.boolean(),
});
export type CallSummary = z.infer<typeof CallSummary>;

/** One stored transition or act, as the call's history shows it. */
export const CallEventView = z.object({
  at: Instant,
  kind: z.string(),
  actorRole: z.string(),
  actorName: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type CallEventView = z.infer<typeof CallEventView>;

export const GrantAnswer = z.object({
  /** Signed; valid for some minutes and for this call and this person only. */
  grant: z.string(),
  routerRtpCapabilities: z.record(z.string(), z.unknown()),
  iceServers: z.array(z.record(z.string(), z.unknown())),
  /** What cameras shall publish: VP8 simulcast, or H264 in one layer. */
  videoCodec: z.enum(['vp8', 'h264']),
  /** How the inmate's background is masked; null for all others. */
  mask: MaskPolicy.nullable(),
});
export type GrantAnswer = z.infer<typeof GrantAnswer>;

/**
 * thumbnails: pictures of the combined file in one JPEG, with a JSON that says which is where · peaks: the waveform of one participant's voice, as
 * JSON · original: a file that was taken in, as it came
 */
export const RECORDING_FILE_KINDS = ['audio', 'video', 'combined', 'thumbnails', 'peaks', 'original'] as const;
export const RecordingFileKind = z.enum(RECORDING_FILE_KINDS);
export type RecordingFileKind = z.infer<typeof RecordingFileKind>;

export const RecordingFile = z.object({
  name: z.string(),
  participant: z.string(),
  kind: RecordingFileKind,
  codec: z.string(),
  mimeType: z.string(),
  bytes: z.number().int().nonnegative(),
  durationS: z.number().nonnegative(),
  /** Milliseconds of the call at which the file's first sample lies. */
  startMs: z.number(),
  /** For <audio> and <video>: carries its own short-lived ticket. */
  url: z.string(),
});
export type RecordingFile = z.infer<typeof RecordingFile>;

export const RecordingView = z.object({
  state: RecordingState,
  error: z.string().nullable(),
  /** Stretches of the call without recording, milliseconds of the call. */
  gaps: z.array(z.object({ participant: z.string(), kind: z.string(), fromMs: z.number(), toMs: z.number(), cause: z.string() })),
  files: z.array(RecordingFile),
  /** How it is kept; null when there is none. */
  sealed: RecordingSeal.nullable(),
});
export type RecordingView = z.infer<typeof RecordingView>;

export const Directory = z.object({
  inmates: z.array(z.object({ id: InmateId, name: z.string(), number: z.string(), wardName: z.string() })),
  families: z.array(z.object({ id: FamilyId, name: z.string(), inmateId: InmateId, relation: z.string() })),
  rooms: z.array(z.object({ id: RoomId, name: z.string() })),
});
export type Directory = z.infer<typeof Directory>;

export const NewCall = z.object({
  inmateId: InmateId,
  familyId: FamilyId,
  roomId: RoomId,
  startsAt: Instant,
  minutes: z.number().int().min(1).max(120),
});

const CallParams = z.object({ id: CallId });

/** Calls, their recordings and transcripts. */
export const callRest = {
  /** Officers: today's calls or the finished ones of their prison, newest first. Parties: their own. */
  listCalls: {
    method: 'get',
    path: '/api/calls',
    roles: ANYONE,
    permission: 'call.read',
    clients: true,
    query: Page.extend({ scope: z.enum(['today', 'upcoming', 'finished']) }),
    response: list(CallSummary),
  },
  createCall: { method: 'post', path: '/api/calls', roles: OFFICER, permission: 'call.arrange', body: NewCall, response: CallSummary },
  getCall: {
    method: 'get',
    path: '/api/calls/:id',
    roles: OFFICER,
    permission: 'call.read',
    clients: true,
    params: CallParams,
    response: CallSummary,
  },
  grantCall: {
    method: 'post',
    path: '/api/calls/:id/grant',
    roles: ANYONE,
    permission: 'call.supervise',
    params: CallParams,
    response: GrantAnswer,
  },
  /** The family app learned from its platform that a screenshot was taken; it stands in the call's history. */
  reportScreenshot: {
    method: 'post',
    path: '/api/calls/:id/screenshots',
    roles: ['family'],
    params: CallParams,
    response: Empty,
  },
  listCallEvents: {
    method: 'get',
    path: '/api/calls/:id/events',
    roles: OFFICER,
    permission: 'call.read',
    params: CallParams,
    query: Page,
    response: list(CallEventView),
  },
  listTranscript: {
    method: 'get',
    path: '/api/calls/:id/transcript',
    roles: OFFICER,
    permission: 'call.read',
    params: CallParams,
    query: Page,
    response: list(TranscriptSegment),
  },
  listAlerts: {
    method: 'get',
    path: '/api/calls/:id/alerts',
    roles: OFFICER,
    permission: 'call.read',
    params: CallParams,
    query: Page,
    response: list(WordAlert),
  },
  /** Looking at a recording is audited; the answer's URLs carry tickets for this officer. */
  getRecording: {
    method: 'get',
    path: '/api/calls/:id/recording',
    roles: OFFICER,
    permission: 'recording.replay',
    params: CallParams,
    response: RecordingView,
  },
  directory: { method: 'get', path: '/api/directory', roles: OFFICER, permission: 'call.arrange', response: Directory },
} as const satisfies Record<string, RestEndpoint>;
