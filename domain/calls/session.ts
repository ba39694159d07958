import {
  type CallState,
  type EndReason,
  type HoldCause,
  type Instant,
  type Party,
  type Presence,
  RECONNECT_GRACE_MS,
} from '@qinqiao/contracts';

/**
 * The call as a pure state machine: `transition(session, event)` answers the next session and the effects to carry out, or
 * refuses. No I/O and no clock here: every event brings its instant. Signaling stores an accepted event before its effects run.
 */
export interface Session {
  state: CallState;
  startsAt: Instant;
  endsAt: Instant;
  /**
   * When the slot began: second 0 of the call's recording and transcript. Null before it, while there is only a waiting room
   * and no media passes.
   */
  begunAt: Instant | null;
  parties: Record<Party, Presence>;
  /** When a party's network was lost; null while it is connected or was never there. */
  lostAt: Record<Party, Instant | null>;
  /** Whether a party's audio and video have reached the server since it last joined. */
  media: Record<Party, boolean>;
  liveSince: Instant | null;
  holds: HoldCause[];
  /** Whose picture the other party does not get to see. */
  pictureHolds: Party[];
  officerSpeaking: boolean;
  endReason: EndReason | null;
  endNote: string | null;
  endedAt: Instant | null;
}

export type SessionEvent = { at: Instant } & (
  | { type: 'opened' }
  | { type: 'begun' }
  | { type: 'joined'; party: Party }
  | { type: 'mediaStarted'; party: Party }
  | { type: 'lost'; party: Party }
  | { type: 'wentAway'; party: Party }
  | { type: 'left'; party: Party }
  | { type: 'held'; cause: HoldCause }
  | { type: 'resumed'; cause: HoldCause }
  /** `warningId`: of the picture warning that asked for it; an officer holds without one. */
  | { type: 'pictureHeld'; party: Party; warningId?: string }
  | { type: 'pictureReleased'; party: Party }
  | { type: 'extended'; minutes: number }
  | { type: 'interjected'; on: boolean }
  | { type: 'cutOff'; note: string }
  | { type: 'ended'; reason: Exclude<EndReason, 'cut_off' | 'inmate_left' | 'family_left'> }
);

export type Effect = 'connectMedia' | 'pauseMedia' | 'resumeMedia' | 'holdPictures' | 'stopInterjection' | 'closeMedia' | 'announce';

export type Outcome =
  | { ok: true; session: Session; effects: Effect[] }
  | { ok: false; code: 'wrong_state' | 'call_ended' | 'call_not_open' };

/** Minutes before its start at which a call's waiting room opens. */
export const OPENS_BEFORE_MS = 10 * 60_000;
/** A call may be extended to at most this long in all. */
export const LONGEST_CALL_MS = 120 * 60_000;

export function newSession(slot: { startsAt: Instant; endsAt: Instant }): Session {
  return {
    state: 'scheduled',
    ...slot,
    begunAt: null,
    parties: { inmate: 'absent', family: 'absent' },
    lostAt: { inmate: null, family: null },
    media: { inmate: false, family: false },
    liveSince: null,
    holds: [],
    pictureHolds: [],
    officerSpeaking: false,
    endReason: null,
    endNote: null,
    endedAt: null,
  };
}

/** A stored session; one stored before there were holds of pictures has none. */
export function parseSession(text: string): Session {
  const stored = JSON.parse(text) as Session & { pictureHolds?: Party[] };
  return { ...stored, pictureHolds: stored.pictureHolds ?? [] };
}

/** How a call ended, and for how long its parties were live, as stored beside it. */
export const outcomeOf = ({ endReason, liveSince, endedAt }: Session) => ({
  end_reason: endReason,
  talked_ms: liveSince && endedAt ? Math.max(0, Date.parse(endedAt) - Date.parse(liveSince)) : 0,
});

type Handler<Type extends SessionEvent['type']> = (session: Session, event: Extract<SessionEvent, { type: Type }>) => Outcome;
const accept = (session: Session, ...effects: Effect[]): Outcome => ({ ok: true, session, effects });
const refuse = (code: 'wrong_state' | 'call_ended' | 'call_not_open'): Outcome => ({ ok: false, code });

function end(session: Session, at: Instant, reason: EndReason, note: string | null = null): Outcome {
  const over = { state: 'ended', endReason: reason, endNote: note, endedAt: at } as const;
  return accept({ ...session, ...over, officerSpeaking: false, holds: [], pictureHolds: [] }, 'closeMedia', 'announce');
}

/** Which state the call is in, from what is known of its parties: the one place that decides it. */
function settle(session: Session, at: Instant): Session {
  const { begunAt, media, holds } = session;
  const liveSince = session.liveSince ?? (begunAt && media.inmate && media.family ? at : null);
  if (holds.length > 0) return { ...session, liveSince, state: 'paused' };
  if (liveSince) return { ...session, liveSince, state: 'live' };
  const both = session.parties.inmate === 'present' && session.parties.family === 'present';
  return { ...session, state: begunAt && both ? 'connecting' : 'open' };
}

const handlers: { [Type in SessionEvent['type']]: Handler<Type> } = {
  opened: (session) => (session.state === 'scheduled' ? accept({ ...session, state: 'open' }, 'announce') : refuse('wrong_state')),

  begun: (session, { at }) =>
    session.begunAt ? refuse('wrong_state') : accept(settle({ ...session, begunAt: at }, at), 'connectMedia', 'announce'),

  joined: (session, { party, at }) => {
    const next = {
      ...session,
      parties: { ...session.parties, [party]: 'present' as const },
      lostAt: { ...session.lostAt, [party]: null },
      media: { ...session.media, [party]: false },
    };
    return accept(settle(next, at), 'announce');
  },

  mediaStarted: (session, { party, at }) => {
    if (session.parties[party] !== 'present') return refuse('wrong_state');
    if (session.media[party]) return accept(session);
    return accept(settle({ ...session, media: { ...session.media, [party]: true } }, at), 'announce');
  },

  lost: (session, { party, at }) => {
    if (session.parties[party] !== 'present') return refuse('wrong_state');
    const next = {
      ...session,
      parties: { ...session.parties, [party]: 'reconnecting' as const },
      lostAt: { ...session.lostAt, [party]: at },
      media: { ...session.media, [party]: false },
    };
    return accept(settle(next, at), 'announce');
  },

  wentAway: (session, { party, at }) => {
    const lostAt = session.lostAt[party];
    if (session.parties[party] !== 'reconnecting' || lostAt === null) return refuse('wrong_state');
    if (Date.parse(at) - Date.parse(lostAt) < RECONNECT_GRACE_MS) return refuse('wrong_state');
    return accept({ ...session, parties: { ...session.parties, [party]: 'away' } }, 'announce');
  },

  left: (session, { party, at }) => {
    // Before the call was live a party that leaves may still come back in its slot.
    if (session.liveSince) return end(session, at, party === 'inmate' ? 'inmate_left' : 'family_left');
    const parties = { ...session.parties, [party]: 'absent' as const };
    return accept(settle({ ...session, parties, media: { ...session.media, [party]: false } }, at), 'announce');
  },

  held: (session, { cause, at }) => {
    if (session.holds.includes(cause)) return refuse('wrong_state');
    return accept(settle({ ...session, holds: [...session.holds, cause] }, at), 'pauseMedia', 'announce');
  },

  resumed: (session, { cause, at }) => {
    if (!session.holds.includes(cause)) return refuse('wrong_state');
    const next = settle({ ...session, holds: session.holds.filter((held) => held !== cause) }, at);
    return next.holds.length === 0 ? accept(next, 'resumeMedia', 'announce') : accept(next, 'announce');
  },

  pictureHeld: (session, { party }) => {
    if (session.pictureHolds.includes(party)) return refuse('wrong_state');
    return accept({ ...session, pictureHolds: [...session.pictureHolds, party] }, 'holdPictures', 'announce');
  },

  pictureReleased: (session, { party }) => {
    if (!session.pictureHolds.includes(party)) return refuse('wrong_state');
    return accept({ ...session, pictureHolds: session.pictureHolds.filter((held) => held !== party) }, 'holdPictures', 'announce');
  },

  extended: (session, { minutes }) => {
    const endsAt = Date.parse(session.endsAt) + minutes * 60_000;
    if (endsAt - Date.parse(session.startsAt) > LONGEST_CALL_MS) return refuse('wrong_state');
    return accept({ ...session, endsAt: new Date(endsAt).toISOString() }, 'announce');
  },

  interjected: (session, { on }) => {
    if (session.officerSpeaking === on) return refuse('wrong_state');
    return accept({ ...session, officerSpeaking: on }, ...(on ? [] : (['stopInterjection'] as const)), 'announce');
  },

  cutOff: (session, { at, note }) => end(session, at, 'cut_off', note),
  ended: (session, { at, reason }) => end(session, at, reason),
};

/** Applies one event. Refuses it, leaving the session as it was, when it makes no sense in the present state. */
export function transition(session: Session, event: SessionEvent): Outcome {
  if (session.state === 'ended') return refuse('call_ended');
  if (session.state === 'scheduled' && event.type !== 'opened' && event.type !== 'ended') return refuse('call_not_open');
  const handler = handlers[event.type] as (session: Session, event: SessionEvent) => Outcome;
  return handler(session, event);
}

/** The session as the stored events left it. Stored events were accepted once, so a refused one is skipped. */
export function replay(slot: { startsAt: Instant; endsAt: Instant }, events: readonly SessionEvent[]): Session {
  return events.reduce((session, event) => {
    const outcome = transition(session, event);
    return outcome.ok ? outcome.session : session;
  }, newSession(slot));
}

/** What time alone brings about at `now`: opening, a party going away, the end. In the order in which it is to be applied. */
export function dueEvents(session: Session, now: Instant): SessionEvent[] {
  const ms = Date.parse(now);
  if (session.state === 'ended') return [];
  if (ms >= Date.parse(session.endsAt)) return [{ type: 'ended', at: now, reason: session.liveSince ? 'time_up' : 'nobody_came' }];
  const due: SessionEvent[] = [];
  if (session.state === 'scheduled' && ms >= Date.parse(session.startsAt) - OPENS_BEFORE_MS) due.push({ type: 'opened', at: now });
  if (!session.begunAt && ms >= Date.parse(session.startsAt)) due.push({ type: 'begun', at: now });
  for (const party of ['inmate', 'family'] as const) {
    const lostAt = session.lostAt[party];
    const overdue = lostAt !== null && ms - Date.parse(lostAt) >= RECONNECT_GRACE_MS;
    if (session.parties[party] === 'reconnecting' && overdue) due.push({ type: 'wentAway', at: now, party });
  }
  return due;
}
