import type { Message, Receivers } from '../outbox/index.ts';
import type { BookingDeps } from './deps.ts';
import {
  type AllowlistEnd,
  type Blocked,
  type CallEnd,
  closeCaseOf,
  type Decision,
  receiveAllowlistEnd,
  receiveBlock,
  receiveCallEnded,
  receiveCallLive,
  receiveDecision,
} from './receive.ts';

// A message's content was written by this product, in the sender's transaction.
const decisionIn = ({ payload }: Message) => payload as unknown as Decision;
const callEndIn = ({ payload }: Message) => payload as unknown as CallEnd;
const blockIn = ({ payload }: Message) => payload as unknown as Blocked;
const allowlistEndIn = ({ payload }: Message) => payload as unknown as AllowlistEnd;

/** What appointments learn from other subjects, and from themselves for what needs a transaction of its own. */
export function appointmentReceivers(deps: BookingDeps): Receivers {
  const decided = (verdict: 'approved' | 'refused' | 'withdrawn') => (message: Message) =>
    receiveDecision(deps, verdict, decisionIn(message));
  const closeCase = async (message: Message) => {
    const { closeCase: caseId, reason } = message.payload as { closeCase?: string | null; reason?: { zh: string } | null };
    if (caseId) await closeCaseOf(deps, caseId, reason?.zh || '预约已变更');
  };
  return {
    'approval.approved': decided('approved'),
    'approval.refused': decided('refused'),
    'approval.withdrawn': decided('withdrawn'),
    'call.live': (message) => receiveCallLive(deps, callEndIn(message).id),
    'call.ended': (message) => receiveCallEnded(deps, callEndIn(message)),
    'people.blocked': (message) => receiveBlock(deps, blockIn(message)),
    'allowlist.ended': (message) => receiveAllowlistEnd(deps, allowlistEndIn(message)),
    'appointment.cancelled': closeCase,
    'appointment.changed': closeCase,
    'appointment.expired': closeCase,
    'appointment.stopped': closeCase,
  };
}
