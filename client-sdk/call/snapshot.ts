import type {
  CallHealth,
  CallView,
  EndReason,
  JoinAnswer,
  MaskReport,
  MediaKind,
  Notice,
  ParticipantId,
  PictureWarning,
  QinqiaoError,
  Role,
  TranscriptSegment,
  WordAlert,
} from '@qinqiao/contracts';
import type { CallQuality } from './quality.ts';
import type { CallPhase } from './rejoin.ts';

/** A track of somebody else in the call, ready to be shown. */
export interface RemoteTrack {
  consumerId: string;
  participantId: ParticipantId;
  role: Role;
  kind: MediaKind;
  track: MediaStreamTrack;
}

/** starting: microphone asked for, or server asked · on: both parties hear this officer */
export type InterjectState = 'off' | 'starting' | 'on';

/** Everything a page shows of a call, at one moment. A new object each time something changes. */
export interface CallSnapshot {
  phase: CallPhase;
  /** Why it failed, or what is in the way while connecting and reconnecting. */
  error: QinqiaoError | null;
  participantId: ParticipantId | null;
  role: Role | null;
  call: CallView | null;
  /** Set when the call is over. `reason` is null when the page learned only that it is over. */
  ended: { reason: EndReason | null; note: string | null } | null;
  notices: Notice[];
  tracks: RemoteTrack[];
  health: CallHealth | null;
  /** What the inmate's tablet says of its mask; for officers. */
  mask: MaskReport | null;
  transcript: TranscriptSegment[];
  alerts: WordAlert[];
  /** What the server noticed in the pictures; officers only. */
  warnings: PictureWarning[];
  interject: InterjectState;
  quality: CallQuality | null;
  /** This side's camera or microphone cannot be used or published at the moment. */
  localProblem: QinqiaoError | null;
}

export const emptySnapshot: CallSnapshot = {
  phase: 'idle',
  error: null,
  participantId: null,
  role: null,
  call: null,
  ended: null,
  notices: [],
  tracks: [],
  health: null,
  mask: null,
  transcript: [],
  alerts: [],
  warnings: [],
  interject: 'off',
  quality: null,
  localProblem: null,
};

/** The list with `item` in place of the one with its id, or put where its time belongs. */
export function upsert<Item extends { id: string }>(list: Item[], item: Item, timeOf: (item: Item) => number): Item[] {
  if (list.some((other) => other.id === item.id)) return list.map((other) => (other.id === item.id ? item : other));
  const place = list.filter((other) => timeOf(other) <= timeOf(item)).length;
  return [...list.slice(0, place), item, ...list.slice(place)];
}

export const withSegment = (snapshot: CallSnapshot, segment: TranscriptSegment): Partial<CallSnapshot> => ({
  transcript: upsert(snapshot.transcript, segment, (one) => one.startMs),
});
export const withAlert = (snapshot: CallSnapshot, alert: WordAlert): Partial<CallSnapshot> => ({
  alerts: upsert(snapshot.alerts, alert, (one) => one.atMs),
});
export const withWarning = (snapshot: CallSnapshot, warning: PictureWarning): Partial<CallSnapshot> => ({
  warnings: upsert(snapshot.warnings, warning, (one) => one.atMs),
});
export const withNotice = (snapshot: CallSnapshot, notice: Notice): Partial<CallSnapshot> => ({
  notices: upsert(snapshot.notices, notice, (one) => Date.parse(one.at)),
});

/** What a join answer brings; it replaces what was known, as the server knows all of it. */
export const fromAnswer = (answer: JoinAnswer): Partial<CallSnapshot> => ({
  participantId: answer.participantId,
  role: answer.role,
  call: answer.call,
  notices: answer.notices,
  health: answer.health,
  mask: answer.mask,
  transcript: answer.transcript,
  alerts: answer.alerts,
  warnings: answer.warnings,
});
