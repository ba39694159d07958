import { type ErrorCode, QinqiaoError } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { CONNECT_PATIENCE_MS, idle, pauseMs, RECONNECT_PATIENCE_MS, type RejoinEvent, type RejoinState, stepRejoin } from './rejoin.ts';

const fail = (code: ErrorCode): RejoinEvent => ({ type: 'failed', error: new QinqiaoError(code) });
const run = (events: (RejoinEvent | RejoinEvent['type'])[], now = 1000, from: RejoinState = idle) => {
  let step: ReturnType<typeof stepRejoin> = [from, { type: 'none' }];
  for (const event of events) step = stepRejoin(step[0], typeof event === 'string' ? ({ type: event } as RejoinEvent) : event, now);
  return { state: step[0], effect: step[1] };
};
const joined = run(['join', 'attempted', 'succeeded']).state;
const reconnecting = run(['lost'], 1000, joined).state;

describe('first join', () => {
  it('starts at once and is joined when the server says so', () => {
    expect(run(['join'])).toMatchObject({ state: { phase: 'connecting' }, effect: { type: 'wait', ms: 0 } });
    expect(joined).toMatchObject({ phase: 'joined', attempting: false });
  });

  it('joins once though asked twice', () => {
    expect(run(['join', 'attempted', 'join']).effect).toEqual({ type: 'none' });
  });

  it.each(['network_failed', 'media_unavailable', 'internal'] as const)('tries again after %s', (code) => {
    expect(run(['join', 'attempted', fail(code)])).toMatchObject({
      state: { phase: 'connecting', failures: 1 },
      effect: { type: 'wait', ms: 200 },
    });
  });

  it.each(['forbidden', 'already_joined', 'call_not_open', 'recording_unavailable', 'storage_full', 'not_logged_in'] as const)(
    'fails at once with %s',
    (code) => {
      const { state, effect } = run(['join', 'attempted', fail(code)]);
      expect(state).toMatchObject({ phase: 'failed', error: { code } });
      expect(effect).toEqual({ type: 'stop' });
    },
  );

  it('gives up after a while and can be asked again', () => {
    const trying = run(['join', 'attempted']).state;
    const { state } = run([fail('network_failed')], 1000 + CONNECT_PATIENCE_MS, trying);
    expect(state.phase).toBe('failed');
    expect(run(['join'], 99_000, state)).toMatchObject({
      state: { phase: 'connecting', failures: 0, error: null },
      effect: { type: 'wait', ms: 0 },
    });
  });
});

describe('coming back', () => {
  it('rejoins at once when the line or the media is lost', () => {
    expect(run(['lost'], 1000, joined)).toMatchObject({ state: { phase: 'reconnecting' }, effect: { type: 'wait', ms: 0 } });
  });

  it('waits longer from failure to failure, within bounds', () => {
    expect([1, 2, 3, 4, 5, 50].map((failures) => pauseMs(failures, 0.5))).toEqual([200, 500, 1000, 2000, 4000, 4000]);
    expect(pauseMs(3, 0)).toBe(800);
    expect(pauseMs(3, 1)).toBe(1200);
  });

  it('does not wait when the network is back', () => {
    const waiting = run(['attempted', fail('network_failed'), 'attempted', fail('network_failed')], 1000, reconnecting).state;
    expect(waiting.failures).toBe(2);
    expect(run(['hurry'], 1000, waiting)).toMatchObject({ state: { failures: 0 }, effect: { type: 'wait', ms: 0 } });
  });

  it('does not start a second join beside the one under way', () => {
    expect(run(['attempted', 'hurry'], 1000, reconnecting).effect).toEqual({ type: 'none' });
  });

  it('joins once more when the media was lost while joining', () => {
    const { state, effect } = run(['attempted', 'lost', 'succeeded'], 1000, reconnecting);
    expect(state).toMatchObject({ phase: 'reconnecting', again: false });
    expect(effect).toEqual({ type: 'wait', ms: 0 });
  });

  it.each(['recording_unavailable', 'grant_invalid', 'wrong_state'] as const)('lets %s pass, for a server that restarts', (code) => {
    expect(run(['attempted', fail(code)], 1000, reconnecting).state.phase).toBe('reconnecting');
  });

  it('stops when the call ended meanwhile', () => {
    expect(run(['attempted', fail('call_ended')], 1000, reconnecting)).toMatchObject({
      state: { phase: 'ended' },
      effect: { type: 'stop' },
    });
  });

  it('stops when another device took the place', () => {
    expect(run(['attempted', fail('already_joined')], 1000, reconnecting).state.phase).toBe('failed');
  });

  it('gives up after the end of the call', () => {
    const trying = run(['attempted'], 1000, reconnecting).state;
    const at = (now: number, deadline?: number) => stepRejoin(trying, fail('network_failed'), now, deadline ? { deadline } : {})[0].phase;
    expect(at(59_000, 60_000)).toBe('reconnecting');
    expect(at(60_000, 60_000)).toBe('failed');
    expect(at(RECONNECT_PATIENCE_MS)).toBe('reconnecting');
    expect(at(1000 + RECONNECT_PATIENCE_MS)).toBe('failed');
  });
});

describe('thrown out by the server', () => {
  const kicked = (at: number, from: RejoinState) => run(['kicked'], at, from).state;
  const back = (at: number, from: RejoinState) => run(['attempted', 'succeeded'], at, from).state;

  it('comes back once, as the server may be restarting', () => {
    expect(kicked(2000, joined).phase).toBe('reconnecting');
  });

  it('yields to the other page when thrown out again at once', () => {
    const again = kicked(2200, back(2100, kicked(2000, joined)));
    expect(again).toMatchObject({ phase: 'failed', error: { code: 'already_joined' } });
  });

  it('does not mind two restarts an hour apart', () => {
    expect(kicked(3_600_000, back(2100, kicked(2000, joined))).phase).toBe('reconnecting');
  });
});

describe('after the end', () => {
  it.each(['lost', 'hurry', 'ended', 'succeeded'] as const)('%s changes nothing', (type) => {
    const ended = run(['ended'], 1000, joined).state;
    expect(run([type], 2000, ended)).toEqual({ state: ended, effect: { type: 'none' } });
  });

  it('a page that left does not come back', () => {
    const closed = run(['closed'], 1000, joined);
    expect(closed).toMatchObject({ state: { phase: 'idle' }, effect: { type: 'stop' } });
    expect(run(['lost'], 1000, closed.state).effect).toEqual({ type: 'none' });
  });
});
