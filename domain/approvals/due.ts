import type { FlowDefinition, Instant } from '@qinqiao/contracts';
import type { ApprovalCase, CaseEvent } from './case.ts';
import { nodeOf } from './moves.ts';

/** When time alone next brings something about; null: never. */
export function wakeAt(current: ApprovalCase): Instant | null {
  return current.state === 'open' ? (current.remindAt ?? current.dueAt) : null;
}

/** What time alone brings about at `now`: a reminder, escalation, time-out. In the order in which it is to be applied. */
export function dueEvents(flow: FlowDefinition, current: ApprovalCase, now: Instant): CaseEvent[] {
  const limit = nodeOf(flow, current.nodeId)?.limit;
  if (current.state !== 'open' || !limit) return [];
  // Who is late already is not reminded that he will be.
  if (current.dueAt !== null && now >= current.dueAt)
    return [{ type: limit.onTimeOut.kind === 'escalate' ? 'escalate' : 'timeOut', at: now }];
  return current.remindAt !== null && now >= current.remindAt ? [{ type: 'remind', at: now }] : [];
}
