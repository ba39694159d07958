import type { FlowDefinition, Instant } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { type ApprovalCase, type CaseEvent, type CaseOutcome, newCase, type Seat } from './case.ts';
import { checkFlow } from './check-flow.ts';
import { dueEvents } from './due.ts';
import { nodeOf } from './moves.ts';
import { approvalNode, chain, randomFrom, seat } from './testing.ts';
import { replay, transition } from './transition.ts';

const random = randomFrom(20261121);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const OFFICERS = ['o1', 'o2', 'o3', 'o4', 'o5', 'o6'];
const some = () => OFFICERS.filter(() => random() < 0.5);

function randomNode(id: string) {
  const officers = [...new Set([...some(), pick(OFFICERS)])];
  const mode = pick(['sequential', 'parallel'] as const);
  const needed = 1 + Math.floor(random() * officers.length);
  const rule = pick([{ kind: 'any' }, { kind: 'all' }, { kind: 'vote', needed }] as const);
  const to = [{ kind: 'officer' as const, officerId: pick(OFFICERS) as never }];
  const onTimeOut = pick([{ kind: 'escalate' as const, to }, { kind: 'refuse' as const }, { kind: 'approve' as const }]);
  const limit = { minutes: 30, remindBefore: pick([null, 10]), onTimeOut };
  const acts = { return: random() < 0.7, reassign: random() < 0.7, addApprover: random() < 0.7 };
  const approvers = officers.map((officerId) => ({ kind: 'officer' as const, officerId: officerId as never }));
  return approvalNode(id, { approvers, mode: rule.kind === 'any' ? 'parallel' : mode, rule, limit: pick([null, limit]), acts });
}

function randomEvent(flow: FlowDefinition, current: ApprovalCase, at: Instant): CaseEvent {
  const by = pick(OFFICERS);
  const reason = pick(['r', 'r', '']);
  const makers: (() => CaseEvent)[] = [
    () => ({ type: 'submit', at }),
    () => ({ type: 'approve', by, note: '', at }),
    () => ({ type: 'approve', by, note: '', at }),
    () => ({ type: 'refuse', by, reason, at }),
    () => ({ type: 'return', by, to: pick(['n0', 'n1', 'n2', 'start']), reason, at }),
    () => ({ type: 'reassign', by, to: seat(pick(OFFICERS)), reason, at }),
    () => ({ type: 'addApprover', by, added: seat(pick(OFFICERS)), reason, at }),
    () => ({ type: 'withdraw', by: { role: 'officer', id: pick(['o1', 'o2']) }, reason, at }),
    () =>
      pick<CaseEvent>([
        { type: 'remind', at },
        { type: 'escalate', at },
        { type: 'timeOut', at },
      ]),
    () => dueEvents(flow, current, at)[0] ?? { type: 'remind', at },
  ];
  return pick(makers)();
}

/** As the store does it; answers the event that would be stored too. */
function give(flow: FlowDefinition, current: ApprovalCase, event: CaseEvent): { outcome: CaseOutcome; stored: CaseEvent } {
  const outcome = transition(flow, current, event);
  if (outcome.ok || outcome.code !== 'people_needed') return { outcome, stored: event };
  const seats: Seat[] = outcome.approvers.flatMap((spec) => (spec.kind === 'officer' ? [seat(spec.officerId)] : []));
  const stored = { ...event, people: { nodeId: outcome.nodeId, seats } };
  return { outcome: transition(flow, current, stored), stored };
}

/** The verdict of a stay, worked out from its tasks in words other than the machine's. */
function expectStillOpen(flow: FlowDefinition, { nodeId, tasks }: ApprovalCase): void {
  const rule = nodeOf(flow, nodeId)?.rule;
  const escalated = tasks.filter((task) => task.escalation);
  const counted = (escalated.length > 0 ? escalated : tasks).filter((task) => !['moved', 'expired', 'closed'].includes(task.state));
  const yes = counted.filter((task) => task.state === 'approved').length;
  const no = counted.filter((task) => task.state === 'refused').length;
  const undecided = counted.length - yes - no;
  if (escalated.length > 0 || rule?.kind === 'any') expect(yes + no).toBe(0);
  else if (rule?.kind === 'all') expect([no, undecided > 0]).toEqual([0, true]);
  else if (rule?.kind === 'vote') {
    expect(yes).toBeLessThan(rule.needed);
    expect(yes + undecided).toBeGreaterThanOrEqual(rule.needed);
  }
}

function expectSound(flow: FlowDefinition, current: ApprovalCase): void {
  const open = current.tasks.filter((task) => task.state === 'open');
  const deciders = current.tasks.filter((task) => ['waiting', 'open', 'approved', 'refused'].includes(task.state)).map((task) => task.id);
  expect(new Set(deciders).size).toBe(deciders.length);
  expect(current.tasks.every((task) => task.id !== current.applicant.id)).toBe(true);
  expect(new Set(current.tasks.map((task) => task.no)).size).toBe(current.tasks.length);
  if (current.state !== 'open') {
    expect(current.tasks.some((task) => ['open', 'waiting'].includes(task.state))).toBe(false);
    return;
  }
  expect(open.length).toBeGreaterThan(0);
  if (nodeOf(flow, current.nodeId)?.mode === 'sequential' && !open.some((task) => task.escalation)) expect(open).toHaveLength(1);
  expectStillOpen(flow, current);
}

it('keeps what is always true of a case, whatever comes in whatever order', () => {
  const ends = { new: 0, open: 0, approved: 0, refused: 0, withdrawn: 0 };
  const accepted: Record<string, number> = {};
  for (let round = 0; round < 1500; round++) {
    const flow = chain(...['n0', 'n1', 'n2'].slice(0, 1 + Math.floor(random() * 3)).map(randomNode));
    expect(checkFlow(flow)).toEqual([]);
    const applicant = { role: 'officer' as const, id: 'o1', name: '民警o1' };
    let current = newCase(applicant, {});
    const stored: CaseEvent[] = [];
    const decided = new Set<string>();
    let minutes = 0;
    for (let step = 0; step < 30; step++) {
      minutes += random() * 8;
      const event = step === 0 ? { type: 'submit' as const, at: '2026-11-21T00:00:00.000Z' } : undefined;
      const at = new Date(Date.parse('2026-11-21T00:00:00.000Z') + minutes * 60_000).toISOString();
      const tried = give(flow, current, event ?? randomEvent(flow, current, at));
      const { outcome } = tried;
      if (!outcome.ok) continue;
      // A decided case never changes: nothing is accepted any more.
      expect(['new', 'open']).toContain(current.state);
      if (outcome.next.nodeId !== current.nodeId || outcome.next.tasks[0]?.no !== current.tasks[0]?.no) decided.clear();
      else if (tried.stored.type === 'approve' || tried.stored.type === 'refuse') {
        expect(decided.has(tried.stored.by)).toBe(false);
        decided.add(tried.stored.by);
      }
      current = outcome.next;
      stored.push(tried.stored);
      accepted[tried.stored.type] = (accepted[tried.stored.type] ?? 0) + 1;
      expectSound(flow, current);
    }
    ends[current.state]++;
    // As read back from the store: through JSON.
    expect(replay(flow, { applicant, facts: {} }, JSON.parse(JSON.stringify(stored)) as CaseEvent[])).toEqual(current);
  }
  for (const state of ['open', 'approved', 'refused', 'withdrawn'] as const) expect(ends[state]).toBeGreaterThan(20);
  const types = ['submit', 'approve', 'refuse', 'return', 'reassign', 'addApprover', 'withdraw', 'remind', 'escalate', 'timeOut'];
  for (const type of types) expect([type, accepted[type] ?? 0]).toEqual([type, expect.toSatisfy((count: number) => count > 20)]);
});
