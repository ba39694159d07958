import type { CallPush, CallPushName, ParticipantId, Party, Role } from '@qinqiao/contracts';
import type { Actor } from '@qinqiao/server-kit';
import type { Socket } from 'socket.io';

/** Somebody in a call: a party, or an officer who watches it. */
export interface Participant {
  readonly id: ParticipantId;
  readonly role: Role;
  readonly actor: Actor;
  /** The page it came with; the same page coming back replaces itself. */
  readonly clientId: string;
  readonly socket: Socket;
  readonly rtpCapabilities: Record<string, unknown>;
}

export const partyOf = (participant: { role: Role }): Party | null => (participant.role === 'officer' ? null : participant.role);

export function push<Name extends CallPushName>(to: Participant, name: Name, payload: CallPush<Name>): void {
  to.socket.emit(name, payload);
}
