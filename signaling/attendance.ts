import type { CallPush, CallPushName } from '@qinqiao/contracts';
import { type Participant, partyOf, push } from './participant.ts';

/** Who is in a call at the moment, by name of the place. */
export class Attendance {
  readonly #present = new Map<string, Participant>();

  add(participant: Participant): void {
    this.#present.set(participant.id, participant);
  }

  /** Who has this place. */
  at(id: string): Participant | undefined {
    return this.#present.get(id);
  }

  /** Whether it is this very participant that has the place, and nobody who came later. */
  includes(participant: Participant): boolean {
    return this.#present.get(participant.id) === participant;
  }

  remove(participant: Participant): void {
    if (this.includes(participant)) this.#present.delete(participant.id);
  }

  get hasParty(): boolean {
    return [...this.#present.values()].some((participant) => partyOf(participant));
  }

  toAll<Name extends CallPushName>(name: Name, payload: CallPush<Name>): void {
    for (const participant of this.#present.values()) push(participant, name, payload);
  }

  toOfficers<Name extends CallPushName>(name: Name, payload: CallPush<Name>): void {
    for (const participant of this.#present.values()) if (participant.role === 'officer') push(participant, name, payload);
  }
}
