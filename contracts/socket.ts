import { z } from 'zod';
import { CallHealth, CallView, EndReason, MediaKind, Notice, Party, Role, TranscriptSegment, WordAlert } from './calls.ts';
import { ErrorBody } from './errors.ts';
import { Instant, ParticipantId, TrackId } from './ids.ts';
import { MaskReport } from './picture.ts';
import { PictureWarning } from './picture.ts';

/** socket.io namespace of the people in a call: parties and officers. */
export const CALL_NAMESPACE = '/call';
/** Largest message a client may send, in bytes; larger ones close the connection. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
/** How long a party that lost the network keeps its place, in milliseconds. */
export const RECONNECT_GRACE_MS = 30_000;

// What WebRTC itself defines is passed through as it is: its shape belongs to mediasoup, which checks it.
const Opaque = z.record(z.string(), z.unknown());

export const TransportOptions = z.object({
  id: z.string(),
  iceParameters: Opaque,
  iceCandidates: z.array(Opaque),
  dtlsParameters: Opaque,
});
export type TransportOptions = z.infer<typeof TransportOptions>;

/** Everything a client needs to receive one track; the server has made the consumer already. */
export const ConsumerOptions = z.object({
  consumerId: z.string(),
  producerId: z.string(),
  trackId: TrackId,
  participantId: ParticipantId,
  role: Role,
  kind: MediaKind,
  rtpParameters: Opaque,
  /** The server waits for `media:ready` before it lets the track flow. */
  waits: z.boolean().default(false),
});
export type ConsumerOptions = z.infer<typeof ConsumerOptions>;

export const JoinRequest = z.object({
  grant: z.string().max(4096),
  rtpCapabilities: Opaque,
  /** A random id kept by the page: the same page coming back replaces itself, another one is refused while the first is present. */
  clientId: z.string().min(8).max(64),
});

export const JoinAnswer = z.object({
  participantId: ParticipantId,
  role: Role,
  call: CallView,
  serverNow: Instant,
  sendTransport: TransportOptions,
  receiveTransport: TransportOptions,
  consumers: z.array(ConsumerOptions),
  /** What has been shown on screen so far, oldest first. */
  notices: z.array(Notice),
  /** For officers only. */
  health: CallHealth.nullable(),
  /** What the inmate's tablet says of its mask; for officers only, null before it has said anything. */
  mask: MaskReport.nullable(),
  transcript: z.array(TranscriptSegment),
  alerts: z.array(WordAlert),
  warnings: z.array(PictureWarning),
});
export type JoinAnswer = z.infer<typeof JoinAnswer>;

const Empty = z.object({});
const request = <In extends z.ZodType, Out extends z.ZodType>(input: In, output: Out) => ({ input, output });

/** Requests a client sends; each is answered through socket.io's acknowledgement with an `Ack`. */
export const callRequests = {
  'call:join': request(JoinRequest, JoinAnswer),
  /** The party hangs up: the call ends for both. An officer only stops watching. */
  'call:leave': request(Empty, Empty),
  'media:connect': request(z.object({ transportId: z.string(), dtlsParameters: Opaque }), Empty),
  'media:produce': request(
    z.object({ transportId: z.string(), kind: MediaKind, rtpParameters: Opaque }),
    z.object({ producerId: z.string(), trackId: TrackId }),
  ),
  /** This page can show the track now. */
  'media:ready': request(z.object({ consumerId: z.string() }), Empty),
  'media:unproduce': request(z.object({ producerId: z.string() }), Empty),
  'media:restartIce': request(z.object({ transportId: z.string() }), z.object({ iceParameters: Opaque })),
  /** The inmate's tablet tells the state of its mask: when it changes, and every few seconds. */
  'picture:mask': request(MaskReport, Empty),
  'officer:interject': request(z.object({ on: z.boolean() }), Empty),
  'officer:message': request(z.object({ text: z.string().trim().min(1).max(200) }), Notice),
  'officer:extend': request(z.object({ minutes: z.number().int().min(1).max(60) }), CallView),
  'officer:hold': request(Empty, CallView),
  'officer:resume': request(Empty, CallView),
  /** Takes a party's picture from the other's screen; sound goes on. */
  'officer:holdPicture': request(z.object({ party: Party }), CallView),
  'officer:releasePicture': request(z.object({ party: Party }), CallView),
  /** Allowed before joining too: round trip for the device check, liveness of the line, and the server's clock. */
  'call:ping': request(Empty, z.object({ serverNow: Instant })),
  'officer:cutOff': request(z.object({ reason: z.string().trim().min(1).max(200) }), CallView),
} as const;
export type CallRequestName = keyof typeof callRequests;
export type CallRequestInput<Name extends CallRequestName> = z.input<(typeof callRequests)[Name]['input']>;
export type CallRequestOutput<Name extends CallRequestName> = z.output<(typeof callRequests)[Name]['output']>;

/** What the server sends by itself. */
export const callPushes = {
  'call:state': CallView,
  'call:clock': z.object({ serverNow: Instant, endsAt: Instant, remainingS: z.number().int().nonnegative() }),
  'call:notice': Notice,
  'call:ended': z.object({ reason: EndReason, note: z.string().nullable() }),
  'media:consumer': ConsumerOptions,
  'media:consumerClosed': z.object({ consumerId: z.string() }),
  /** The server's media was lost (a worker died): close everything and join again. */
  'media:reset': z.object({}),
  'officer:health': CallHealth,
  'officer:mask': MaskReport,
  'officer:transcript': TranscriptSegment,
  'officer:alert': WordAlert,
  'officer:pictureWarning': PictureWarning,
} as const;
export type CallPushName = keyof typeof callPushes;
export type CallPush<Name extends CallPushName> = z.output<(typeof callPushes)[Name]>;

/** The acknowledgement of every request. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: ErrorBody };
export const ackOf = <Out extends z.ZodType>(data: Out) =>
  z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), data }), z.object({ ok: z.literal(false), error: ErrorBody })]);
