import type { AppointmentState } from '@qinqiao/contracts';

/** How a call or visit went, seen from the quota. */
export type Outcome = 'completed' | 'missed' | 'broken';

export type AppointmentEvent =
  | { type: 'approved' }
  | { type: 'refused' }
  /** To another slot, or with other persons; it is reviewed anew. */
  | { type: 'changed'; approved: boolean }
  | { type: 'cancelled' }
  /** Its time came and it had not been approved. */
  | { type: 'expired' }
  /** A block, or the end of what allowed it. */
  | { type: 'stopped' }
  | { type: 'begun' }
  | { type: 'ended'; outcome: Outcome };

/**
 * free: the reservation of the quota and the place in the slot are given back · consume: the quota is used · endCall: its call is ended ·
 * closeCase: the approval case goes away · rebook: another place and reservation take the place of the old ones.
 */
export type AppointmentEffect = 'free' | 'consume' | 'endCall' | 'closeCase' | 'rebook';

type Move = { next: AppointmentState; effects: AppointmentEffect[] } | null;
type Moves = { [Type in AppointmentEvent['type']]?: (event: Extract<AppointmentEvent, { type: Type }>) => Move };

const ended = ({ outcome }: { outcome: Outcome }): Move => ({ next: outcome, effects: [outcome === 'completed' ? 'consume' : 'free'] });
const changed = ({ approved }: { approved: boolean }): Move => ({
  next: approved ? 'approved' : 'pending',
  effects: ['rebook', 'closeCase', 'endCall'],
});
const give =
  (next: AppointmentState, ...effects: AppointmentEffect[]) =>
  (): Move => ({ next, effects: ['free', ...effects] });

/** What may happen in which state; in a state that is not here nothing happens any more. */
const MOVES: Partial<Record<AppointmentState, Moves>> = {
  pending: {
    approved: () => ({ next: 'approved', effects: [] }),
    refused: give('refused'),
    changed,
    cancelled: give('cancelled', 'closeCase'),
    expired: give('expired', 'closeCase'),
    stopped: give('stopped', 'closeCase'),
  },
  approved: {
    changed,
    cancelled: give('cancelled', 'endCall'),
    stopped: give('stopped', 'endCall'),
    begun: () => ({ next: 'underway', effects: [] }),
    ended,
  },
  underway: {
    // The quota of a call that has begun is settled when it is over: `stopped` only ends it.
    stopped: () => ({ next: 'underway', effects: ['endCall'] }),
    ended,
  },
};

/** The appointment as a pure state machine; null when the event makes no sense in this state. */
export function transition(state: AppointmentState, event: AppointmentEvent): Move {
  const move = MOVES[state]?.[event.type] as ((event: AppointmentEvent) => Move) | undefined;
  return move ? move(event) : null;
}

/** Nothing happens any more. */
export const isOver = (state: AppointmentState): boolean => MOVES[state] === undefined;
/** It holds a place in its slot and a reservation of the quota. */
export const isOpen = (state: AppointmentState): boolean => !isOver(state);
