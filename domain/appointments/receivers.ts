import type { Message, Receivers } from '../outbox/index.ts';
import type { BookingDeps } from './deps.ts';
import {
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

/** A message's content. It was written by this product in the sender's transaction. */
const of = <Payload>({ payload }: Message): Payload => payload as Payload;

/** What appointments learn from other subjects, and from themselves for what needs a transaction of its own. */
export function appointmentReceivers(deps: BookingDeps): Receivers {
  const decided = (verdict: 'approved' | 'refused' | 'withdrawn') => (message: Message) =>
    receiveDecision(deps, verdict, of<Decision>(message));
  const closeCase = async (message: Message) => {
    const { closeCase: caseId, reason } = of<{ closeCase?: string | null; reason?: { zh: string } | null }>(message);
    if (caseId) await closeCaseOf(deps, caseId, reason?.zh || '预约已变更');
  };
  return {
    'approval.approved': decided('approved'),
    'approval.refused': decided('refused'),
    'approval.withdrawn': decided('withdrawn'),
    'call.live': (message) => receiveCallLive(deps, of<{ id: string }>(message).id),
    'call.ended': (message) => receiveCallEnded(deps, of<CallEnd>(message)),
    'people.blocked': (message) => receiveBlock(deps, of<Blocked>(message)),
    'allowlist.ended': (message) => receiveAllowlistEnd(deps, of<Parameters<typeof receiveAllowlistEnd>[1]>(message)),
    'appointment.cancelled': closeCase,
    'appointment.changed': closeCase,
    'appointment.expired': closeCase,
    'appointment.stopped': closeCase,
  };
}
