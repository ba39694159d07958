import { type ErrorCode, QinqiaoError } from '@qinqiao/contracts';

/**
 * idle: not asked to join · connecting: first join under way · joined · reconnecting: was in, comes back by itself ·
 * ended: the call is over · failed: cannot join, `error` says why
 */
export type CallPhase = 'idle' | 'connecting' | 'joined' | 'reconnecting' | 'ended' | 'failed';

export interface RejoinState {
  phase: CallPhase;
  /** A join is on its way. */
  attempting: boolean;
  /** Joins that failed in a row. */
  failures: number;
  /** When the present phase began, ms of the caller's clock. */
  since: number;
  /** What the join under way will bring is stale already: join once more after it. */
  again: boolean;
  error: QinqiaoError | null;
  /** When the server last threw this page out, to tell a restart from another page that took the place. */
  kickedAt: number | null;
}

export type RejoinEvent =
  | { type: 'join' }
  | { type: 'attempted' }
  | { type: 'succeeded' }
  | { type: 'failed'; error: QinqiaoError }
  /** Line or media lost: come back. */
  | { type: 'lost' }
  /** The server itself closed the line: it is being restarted, or the same person entered on another page. */
  | { type: 'kicked' }
  /** The network came back: do not wait out the pause. */
  | { type: 'hurry' }
  | { type: 'ended' }
  | { type: 'closed' };

/** wait: start an attempt after `ms`, in place of any that waits · stop: cancel what waits */
export type RejoinEffect = { type: 'none' } | { type: 'wait'; ms: number } | { type: 'stop' };

export const idle: RejoinState = { phase: 'idle', attempting: false, failures: 0, since: 0, again: false, error: null, kickedAt: null };

/** How long a first join is tried before the user is told that it failed. */
export const CONNECT_PATIENCE_MS = 20_000;
/** How long a lost call is sought when its end is not known. */
export const RECONNECT_PATIENCE_MS = 15 * 60_000;
/** Thrown out twice within this time: two pages push each other out, and this one yields. */
const KICKED_TWICE_MS = 10_000;
const PAUSES_MS = [200, 500, 1000, 2000, 4000];

/** Errors that pass by themselves: try again. Every other answer of the server is final. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  'network_failed',
  'media_unavailable',
  'media_rejected',
  'too_many_requests',
  'internal',
]);
/** Coming back, these pass too: the recorder restarts, a grant signed before a restart is fetched anew. */
const TRANSIENT_COMING_BACK: ReadonlySet<ErrorCode> = new Set([
  'recording_unavailable',
  'storage_full',
  'audit_failed',
  'grant_expired',
  'grant_invalid',
  'wrong_state',
]);
const NONE: RejoinEffect = { type: 'none' };
const STOP: RejoinEffect = { type: 'stop' };
const NOW: RejoinEffect = { type: 'wait', ms: 0 };

/** Pause before the next join after `failures` failed ones; `jitter` 0…1 spreads many clients by ±20 %. */
export function pauseMs(failures: number, jitter: number): number {
  const base = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 0;
  return Math.round(base * (0.8 + 0.4 * jitter));
}

const over = (state: RejoinState) => state.phase === 'ended' || state.phase === 'failed';
const passes = (state: RejoinState, code: ErrorCode) =>
  TRANSIENT.has(code) || (state.phase === 'reconnecting' && TRANSIENT_COMING_BACK.has(code));

/** One step of joining and coming back. Pure: the caller does what the effect says. `deadline`: when to give up coming back. */
export function stepRejoin(
  state: RejoinState,
  event: RejoinEvent,
  now: number,
  { jitter = 0.5, deadline = state.since + RECONNECT_PATIENCE_MS } = {},
): [RejoinState, RejoinEffect] {
  switch (event.type) {
    case 'join':
      if (state.phase !== 'idle' && !over(state)) return [state, NONE];
      return [{ ...idle, phase: 'connecting', since: now }, NOW];
    case 'attempted':
      return [{ ...state, attempting: true, again: false }, NONE];
    case 'succeeded':
      return onSuccess(state, now);
    case 'failed':
      return onFailure(state, event.error, now, jitter, deadline);
    case 'lost':
      return onLost(state, now);
    case 'kicked':
      return onKicked(state, now);
    case 'hurry':
      if (state.attempting || (state.phase !== 'connecting' && state.phase !== 'reconnecting')) return [state, NONE];
      return [{ ...state, failures: 0 }, NOW];
    case 'ended':
      return over(state) ? [state, NONE] : [{ ...idle, phase: 'ended', since: now }, STOP];
    case 'closed':
    default:
      return [{ ...idle, phase: over(state) ? state.phase : 'idle', error: state.error, since: now }, STOP];
  }
}

function onSuccess(state: RejoinState, now: number): [RejoinState, RejoinEffect] {
  if (!state.attempting) return [state, NONE];
  const [phase, effect]: [CallPhase, RejoinEffect] = state.again ? ['reconnecting', NOW] : ['joined', NONE];
  return [{ ...idle, phase, since: now, kickedAt: state.kickedAt }, effect];
}

function onFailure(state: RejoinState, error: QinqiaoError, now: number, jitter: number, deadline: number): [RejoinState, RejoinEffect] {
  if (!state.attempting) return [state, NONE];
  if (error.code === 'call_ended') return [{ ...idle, phase: 'ended', since: now }, STOP];
  const giveUpAt = state.phase === 'connecting' ? state.since + CONNECT_PATIENCE_MS : deadline;
  if (!passes(state, error.code) || now >= giveUpAt) return [{ ...idle, phase: 'failed', since: now, error }, STOP];
  const failures = state.failures + 1;
  return [
    { ...state, attempting: false, again: false, failures, error },
    { type: 'wait', ms: pauseMs(failures, jitter) },
  ];
}

function onLost(state: RejoinState, now: number): [RejoinState, RejoinEffect] {
  if (state.attempting) return [{ ...state, again: true }, NONE];
  if (state.phase !== 'joined') return [state, NONE];
  return [{ ...idle, phase: 'reconnecting', since: now, kickedAt: state.kickedAt }, NOW];
}

function onKicked(state: RejoinState, now: number): [RejoinState, RejoinEffect] {
  if (state.phase !== 'joined') return onLost(state, now);
  if (state.kickedAt !== null && now - state.kickedAt < KICKED_TWICE_MS) {
    return [{ ...idle, phase: 'failed', since: now, error: new QinqiaoError('already_joined') }, STOP];
  }
  return onLost({ ...state, kickedAt: now }, now);
}
