import { z } from 'zod';
import { MediaKind, Role, ServiceHealth, TranscriptSegment, WordAlert } from './calls.ts';
import { CallId, Instant, ParticipantId, PrisonId, TrackId } from './ids.ts';
import { PictureWarning } from './picture.ts';

/** socket.io namespace by which recorder, asr-bridge and picture-watch offer themselves to signaling. */
export const LINK_NAMESPACE = '/link';

export const LinkService = z.enum(['recorder', 'asr', 'picture']);
export type LinkService = z.infer<typeof LinkService>;

/** The handshake's `auth`: who offers itself. The secret is shared by all services of one installation. */
export const LinkAuth = z.object({
  secret: z.string(),
  service: LinkService,
  /** One per process start. */
  instance: z.string().min(1).max(64),
});
export type LinkAuth = z.infer<typeof LinkAuth>;

/** Where a service wants its RTP: one UDP port per call for all its tracks, RTP and RTCP together (rtcp-mux). */
export const RtpAddress = z.object({ ip: z.string(), port: z.number().int().min(1).max(65535) });
export type RtpAddress = z.infer<typeof RtpAddress>;

export const TrackCodec = z.object({
  mimeType: z.string(),
  payloadType: z.number().int(),
  clockRate: z.number().int().positive(),
  channels: z.number().int().positive().optional(),
  parameters: z.record(z.string(), z.unknown()),
});
export type TrackCodec = z.infer<typeof TrackCodec>;

/** One track as it arrives at a tap: its packets carry `ssrc`. */
export const TapTrack = z.object({
  callId: CallId,
  trackId: TrackId,
  participantId: ParticipantId,
  role: Role,
  /** Who of several on the family's side sends this, from a device of their own; the same whenever they join again. Absent: the side's first device. */
  companionId: z.string().min(1).max(64).optional(),
  kind: MediaKind,
  ssrc: z.number().int().nonnegative(),
  codec: TrackCodec,
  /** Only key frames come, so often, and need not be asked for. */
  stillsEveryMs: z.number().int().positive().optional(),
});
export type TapTrack = z.infer<typeof TapTrack>;

/** An RTCP sender report as the *sender* wrote it (RFC 3550, 6.4.1), with the instant of its arrival at the media engine. */
export const SenderReport = z.object({
  callId: CallId,
  trackId: TrackId,
  /** Of the sender's stream; with simulcast it is not the tap's ssrc. The report belongs to the tap's time line when rtpTimestamp is near it. */
  ssrc: z.number().int(),
  ntpSeconds: z.number().int(),
  ntpFraction: z.number().int(),
  rtpTimestamp: z.number().int(),
  arrivedAtMs: z.number(),
});
export type SenderReport = z.infer<typeof SenderReport>;

const Empty = z.object({});
const request = <In extends z.ZodType, Out extends z.ZodType>(input: In, output: Out) => ({ input, output });
const OpenTap = request(
  z.object({
    callId: CallId,
    prisonId: PrisonId,
    /** Second 0 of the call's recording and transcript; the same after a restart, so that all parts lie on one time line. */
    epoch: Instant,
  }),
  RtpAddress,
);
const OneTrack = request(z.object({ callId: CallId, trackId: TrackId }), Empty);
const OneCall = request(z.object({ callId: CallId }), Empty);

/** Requests signaling sends to a recorder; acknowledged with an `Ack`. All are idempotent. */
export const recorderRequests = {
  /** Opens the tap. Refused with `storage_full` when there is no space. */
  'recording:open': OpenTap,
  /** Announces a track before its first packet. */
  'recording:track': request(TapTrack, Empty),
  'recording:trackEnd': OneTrack,
  /** The call is over: write out, then finish the files in a job. */
  'recording:close': OneCall,
} as const;

/** Requests signaling sends to an asr-bridge. */
export const speechRequests = {
  'speech:open': OpenTap,
  'speech:track': request(TapTrack, Empty),
  'speech:trackEnd': OneTrack,
  'speech:close': OneCall,
} as const;

/** Requests signaling sends to a picture watch: only of what the parties show. */
export const pictureRequests = {
  'picture:open': OpenTap,
  'picture:track': request(TapTrack, Empty),
  'picture:trackEnd': OneTrack,
  'picture:close': OneCall,
} as const;

/** What signaling sends without waiting for an answer. */
export const linkPushes = { 'recording:senderReport': SenderReport } as const;

/** What a service tells signaling, without acknowledgement. */
export const linkEvents = {
  /** Every second, and at once on a change. */
  'service:health': z.object({
    health: ServiceHealth,
    detail: z.string().nullable(),
    /** Recorder: free bytes where recordings go. */
    freeBytes: z.number().nullable(),
    /** Bridge: name of the engine in use and whether it is the trial engine. */
    engine: z.string().nullable(),
    trial: z.boolean(),
    at: Instant,
  }),
  /** One call's state at this service. */
  'service:call': z.object({ callId: CallId, health: ServiceHealth, detail: z.string().nullable(), at: Instant }),
  'speech:segment': TranscriptSegment,
  'speech:alert': WordAlert,
  /** Stored already. With `held`, the party's picture is to be taken from the other's screen. */
  'picture:warning': PictureWarning,
} as const;
export type LinkEventName = keyof typeof linkEvents;
