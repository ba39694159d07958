import { RECONNECT_GRACE_MS } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { dueEvents, newSession, OPENS_BEFORE_MS, parseSession, replay, type Session, type SessionEvent, transition } from './session.ts';

const START = Date.parse('2026-11-20T08:00:00.000Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const slot = { startsAt: at(0), endsAt: at(20 * 60_000) };

function run(events: SessionEvent[], session = newSession(slot)): Session {
  return events.reduce((current, event) => {
    const outcome = transition(current, event);
    if (!outcome.ok) throw new Error(`${event.type} refused: ${outcome.code}`);
    return outcome.session;
  }, session);
}

const toLive: SessionEvent[] = [
  { type: 'opened', at: at(-OPENS_BEFORE_MS) },
  { type: 'begun', at: at(0) },
  { type: 'joined', party: 'inmate', at: at(1000) },
  { type: 'joined', party: 'family', at: at(2000) },
  { type: 'mediaStarted', party: 'inmate', at: at(2100) },
  { type: 'mediaStarted', party: 'family', at: at(2200) },
];

describe('a call', () => {
  it('goes from waiting room to live when both parties’ media flow', () => {
    const states = toLive.map((_, index) => run(toLive.slice(0, index + 1)).state);
    expect(states).toEqual(['open', 'open', 'open', 'connecting', 'connecting', 'live']);
    expect(run(toLive).liveSince).toBe(at(2200));
  });

  it('is only a waiting room before its slot, though both are there and send', () => {
    const early = run([{ type: 'opened', at: at(-60_000) }, ...toLive.slice(2).map((event) => ({ ...event, at: at(-30_000) }))]);
    expect(early.state).toBe('open');
    expect(early.liveSince).toBeNull();
    const begun = transition(early, { type: 'begun', at: at(0) });
    expect(begun).toMatchObject({ ok: true, session: { state: 'live', liveSince: at(0) }, effects: ['connectMedia', 'announce'] });
  });

  it('cannot be entered before it is open, nor after its end', () => {
    expect(transition(newSession(slot), { type: 'joined', party: 'inmate', at: at(-1) })).toEqual({ ok: false, code: 'call_not_open' });
    const over = run([...toLive, { type: 'cutOff', note: 'x', at: at(5000) }]);
    expect(transition(over, { type: 'joined', party: 'inmate', at: at(6000) })).toEqual({ ok: false, code: 'call_ended' });
  });

  it('stops media before anything is announced when an officer cuts it off', () => {
    const outcome = transition(run(toLive), { type: 'cutOff', note: '谈论案情', at: at(9000) });
    expect(outcome).toMatchObject({
      ok: true,
      effects: ['closeMedia', 'announce'],
      session: { endReason: 'cut_off', endNote: '谈论案情', endedAt: at(9000) },
    });
  });

  it('stays held until the last cause is lifted', () => {
    const held = run([...toLive, { type: 'held', cause: 'officer', at: at(3000) }, { type: 'held', cause: 'recording', at: at(3100) }]);
    expect(held.state).toBe('paused');
    const first = transition(held, { type: 'resumed', cause: 'recording', at: at(4000) });
    expect(first).toMatchObject({ ok: true, session: { state: 'paused' }, effects: ['announce'] });
    const second = first.ok && transition(first.session, { type: 'resumed', cause: 'officer', at: at(4100) });
    expect(second).toMatchObject({ ok: true, session: { state: 'live' }, effects: ['resumeMedia', 'announce'] });
    expect(transition(run(toLive), { type: 'resumed', cause: 'officer', at: at(1) })).toEqual({ ok: false, code: 'wrong_state' });
  });

  it('holds one party’s picture until it is released, through a loss of the network, and goes on meanwhile', () => {
    const hold = transition(run(toLive), { type: 'pictureHeld', party: 'inmate', warningId: 'w1', at: at(3000) });
    expect(hold).toMatchObject({ ok: true, session: { state: 'live', pictureHolds: ['inmate'] }, effects: ['holdPictures', 'announce'] });
    const held = run([
      ...toLive,
      { type: 'pictureHeld', party: 'inmate', at: at(3000) },
      { type: 'lost', party: 'inmate', at: at(4000) },
      { type: 'joined', party: 'inmate', at: at(5000) },
    ]);
    expect(held.pictureHolds).toEqual(['inmate']);
    expect(transition(held, { type: 'pictureHeld', party: 'inmate', at: at(6000) })).toEqual({ ok: false, code: 'wrong_state' });
    expect(transition(held, { type: 'pictureReleased', party: 'family', at: at(6000) })).toEqual({ ok: false, code: 'wrong_state' });
    expect(run([{ type: 'pictureReleased', party: 'inmate', at: at(6000) }], held).pictureHolds).toEqual([]);
    const { pictureHolds: _, ...stored } = run(toLive);
    expect(parseSession(JSON.stringify(stored)).pictureHolds).toEqual([]);
  });

  it('keeps a lost party’s place for the grace time, then shows it as away, and takes it back even then', () => {
    const lost = run([...toLive, { type: 'lost', party: 'family', at: at(10_000) }]);
    expect(lost).toMatchObject({ state: 'live', parties: { family: 'reconnecting' } });
    expect(dueEvents(lost, at(10_000 + RECONNECT_GRACE_MS - 1))).toEqual([]);
    const due = dueEvents(lost, at(10_000 + RECONNECT_GRACE_MS));
    expect(due).toEqual([{ type: 'wentAway', party: 'family', at: at(10_000 + RECONNECT_GRACE_MS) }]);
    const away = run(due, lost);
    expect(away.parties.family).toBe('away');
    expect(run([{ type: 'joined', party: 'family', at: at(50_000) }], away).parties.family).toBe('present');
  });

  it('ends when a party leaves a live call, but not when it leaves the waiting room', () => {
    expect(run([...toLive, { type: 'left', party: 'inmate', at: at(5000) }])).toMatchObject({ state: 'ended', endReason: 'inmate_left' });
    const waiting = run([...toLive.slice(0, 4), { type: 'left', party: 'family', at: at(5000) }]);
    expect(waiting).toMatchObject({ state: 'open', parties: { family: 'absent', inmate: 'present' } });
  });

  it('ends by time, with another reason when nobody ever spoke', () => {
    expect(dueEvents(run(toLive), slot.endsAt)).toMatchObject([{ type: 'ended', reason: 'time_up' }]);
    expect(dueEvents(run(toLive.slice(0, 3)), slot.endsAt)).toMatchObject([{ reason: 'nobody_came' }]);
    const extended = run([...toLive, { type: 'extended', minutes: 5, at: at(1000) }]);
    expect(dueEvents(extended, slot.endsAt)).toEqual([]);
    expect(transition(extended, { type: 'extended', minutes: 60, at: at(1) }).ok).toBe(true);
    expect(transition(run([{ type: 'extended', minutes: 60, at: at(1) }], extended), { type: 'extended', minutes: 60, at: at(2) }).ok).toBe(
      false,
    );
  });

  it('lets one officer speak at a time and ends that with the call', () => {
    const speaking = run([...toLive, { type: 'interjected', on: true, at: at(3000) }]);
    expect(transition(speaking, { type: 'interjected', on: true, at: at(3001) }).ok).toBe(false);
    expect(transition(speaking, { type: 'interjected', on: false, at: at(3002) })).toMatchObject({
      effects: ['stopInterjection', 'announce'],
    });
    expect(run([{ type: 'cutOff', note: '', at: at(4000) }], speaking).officerSpeaking).toBe(false);
  });
});

describe('replaying stored events', () => {
  const kinds: SessionEvent[] = [
    ...toLive,
    { type: 'lost', party: 'inmate', at: at(1) },
    { type: 'wentAway', party: 'inmate', at: at(RECONNECT_GRACE_MS + 2) },
    { type: 'left', party: 'family', at: at(2) },
    { type: 'held', cause: 'officer', at: at(3) },
    { type: 'resumed', cause: 'officer', at: at(3) },
    { type: 'held', cause: 'recording', at: at(3) },
    { type: 'resumed', cause: 'recording', at: at(3) },
    { type: 'pictureHeld', party: 'family', at: at(3) },
    { type: 'pictureReleased', party: 'family', at: at(3) },
    { type: 'extended', minutes: 1, at: at(4) },
    { type: 'interjected', on: true, at: at(5) },
    { type: 'interjected', on: false, at: at(5) },
    { type: 'cutOff', note: '', at: at(6) },
    { type: 'ended', reason: 'time_up', at: at(7) },
  ];

  it('leads to the session that accepting them led to, whatever their order', () => {
    let seed = 20261120;
    const random = () => {
      seed = (seed * 1664525 + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    let ended = 0;
    for (let round = 0; round < 2000; round++) {
      let session = newSession(slot);
      const stored: SessionEvent[] = [];
      for (let step = 0; step < 30; step++) {
        const event = kinds[Math.floor(random() ** 1.5 * kinds.length)] as SessionEvent;
        const outcome = transition(session, event);
        if (!outcome.ok) continue;
        session = outcome.session;
        stored.push(event);
        expect(session.state === 'paused').toBe(session.state !== 'ended' && session.holds.length > 0);
      }
      if (session.state === 'ended') ended++;
      expect(replay(slot, stored)).toEqual(session);
    }
    expect(ended).toBeGreaterThan(100);
  });
});
