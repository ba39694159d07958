import type { FlowDefinition } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { type ApprovalCase, type CaseEvent, newCase, type Seat } from './case.ts';
import { dueEvents, wakeAt } from './due.ts';
import { approvalNode, chain, edge, END, seat, START } from './testing.ts';
import { transition } from './transition.ts';

const T0 = Date.parse('2026-11-20T08:00:00.000Z');
const at = (minutes = 0) => new Date(T0 + minutes * 60_000).toISOString();
const family = { role: 'family' as const, id: 'f1', name: '陈秀英' };
const staff: Record<string, Seat[]> = {
  ward: ['w1', 'w2', 'w3'].map(seat),
  prison: ['p1', 'p2'].map(seat),
  chief: ['c1'].map(seat),
  nobody: [],
};

/** Gives an event as the store does: with the people the machine asks for. */
function attempt(flow: FlowDefinition, current: ApprovalCase, event: CaseEvent) {
  const outcome = transition(flow, current, event);
  if (outcome.ok || outcome.code !== 'people_needed') return outcome;
  const seats = outcome.approvers.flatMap((spec) => (spec.kind === 'role' ? (staff[spec.role] ?? []) : [seat(spec.officerId)]));
  return transition(flow, current, { ...event, people: { nodeId: outcome.nodeId, seats } });
}
function run(flow: FlowDefinition, events: CaseEvent[], current = newCase(family, {})): ApprovalCase {
  return events.reduce((now, event) => {
    const outcome = attempt(flow, now, event);
    if (!outcome.ok) throw new Error(`${event.type} refused: ${outcome.code}`);
    return outcome.next;
  }, current);
}
const submit: CaseEvent = { type: 'submit', at: at() };
const approve = (by: string, minutes = 1): CaseEvent => ({ type: 'approve', by, note: '', at: at(minutes) });
const deny = (by: string, reason = '不符合规定'): CaseEvent => ({ type: 'refuse', by, reason, at: at(1) });
const states = (current: ApprovalCase) => current.tasks.map((task) => `${task.id} ${task.state}`);

describe('a case', () => {
  it('goes node by node and is approved at the end', () => {
    const flow = chain(approvalNode('ward'), approvalNode('prison', { rule: { kind: 'all' } }));
    const after = (...events: CaseEvent[]) => run(flow, [submit, ...events]);
    expect(states(after())).toEqual(['w1 open', 'w2 open', 'w3 open']);
    expect(after(approve('w2'))).toMatchObject({ nodeId: 'prison', path: ['ward'], state: 'open', touched: true });
    expect(states(after(approve('w2'), approve('p1')))).toEqual(['p1 approved', 'p2 open']);
    expect(after(approve('w2'), approve('p1'), approve('p2', 9))).toMatchObject({ state: 'approved', outcome: { by: 'p2', at: at(9) } });
  });

  it('tells which tasks have changed, those of the stay that ends too', () => {
    const flow = chain(approvalNode('ward'), approvalNode('chief'));
    const outcome = attempt(flow, run(flow, [submit]), approve('w2'));
    const tasks = outcome.ok ? outcome.tasks.map((task) => `${task.no} ${task.id} ${task.state}`) : [];
    expect(tasks).toEqual(['0 w1 closed', '1 w2 approved', '2 w3 closed', '3 c1 open']);
  });

  it('takes the way its facts lead', () => {
    const many = { match: 'all' as const, tests: [{ fact: 'visitors', op: 'gt' as const, value: 2 }] };
    const nodes = [START, approvalNode('ward'), approvalNode('chief'), END];
    const flow = { nodes, edges: [edge('start', 'ward'), edge('ward', 'end'), edge('ward', 'chief', many), edge('chief', 'end')] };
    expect(run(flow, [submit, approve('w1')], newCase(family, { visitors: 2 })).state).toBe('approved');
    expect(run(flow, [submit, approve('w1')], newCase(family, { visitors: 3 })).nodeId).toBe('chief');
  });

  it('asks one after the other in a sequence', () => {
    const flow = chain(approvalNode('ward', { mode: 'sequential', rule: { kind: 'vote', needed: 2 } }));
    const first = run(flow, [submit]);
    expect(states(first)).toEqual(['w1 open', 'w2 waiting', 'w3 waiting']);
    expect(attempt(flow, first, approve('w2'))).toMatchObject({ ok: false, code: 'wrong_state' });
    expect(states(run(flow, [deny('w1')], first))).toEqual(['w1 refused', 'w2 open', 'w3 waiting']);
    expect(run(flow, [deny('w1'), deny('w2')], first)).toMatchObject({ state: 'refused', outcome: { by: 'w2' } });
    expect(states(run(flow, [approve('w1'), approve('w2')], first))).toEqual(['w1 approved', 'w2 approved', 'w3 closed']);
  });

  it('is refused with a reason, and never without one', () => {
    const flow = chain(approvalNode('ward'));
    expect(attempt(flow, run(flow, [submit]), deny('w1', '  '))).toMatchObject({ code: 'bad_request', field: 'reason' });
    expect(run(flow, [submit, deny('w1')])).toMatchObject({ state: 'refused', outcome: { reason: '不符合规定' } });
  });

  it('is decided only by who is asked, and once by each', () => {
    const flow = chain(approvalNode('ward', { rule: { kind: 'all' } }));
    const one = run(flow, [submit, approve('w1')]);
    expect(attempt(flow, one, approve('w1'))).toMatchObject({ code: 'wrong_state' });
    expect(attempt(flow, one, approve('p1'))).toMatchObject({ code: 'forbidden' });
    const over = run(flow, [deny('w2')], one);
    for (const event of [approve('w3'), deny('w3'), submit]) expect(attempt(flow, over, event)).toMatchObject({ code: 'wrong_state' });
  });

  it('is not begun, nor sent to a node, where too few can be asked', () => {
    expect(attempt(chain(approvalNode('nobody')), newCase(family, {}), submit)).toMatchObject({
      code: 'approver_missing',
      field: 'nobody',
    });
    const vote = chain(approvalNode('ward'), approvalNode('prison', { rule: { kind: 'vote', needed: 3 } }));
    expect(attempt(vote, run(vote, [submit]), approve('w1'))).toMatchObject({ code: 'approver_missing', field: 'prison' });
  });

  it('never asks an officer about his own application, nor his delegate for him', () => {
    const flow = chain(approvalNode('ward', { rule: { kind: 'all' } }));
    const own = newCase({ role: 'officer', id: 'w1', name: '民警w1' }, {});
    const delegated = { ...seat('p2'), actingFor: { id: 'w1', name: '民警w1' } };
    const people = { nodeId: 'ward', seats: [...(staff.ward ?? []), delegated, seat('w3')] };
    const begun = run(flow, [{ ...submit, people }], own);
    expect(states(begun)).toEqual(['w2 open', 'w3 open']);
    const pass: CaseEvent = { type: 'reassign', by: 'w2', to: seat('w1'), reason: 'x', at: at(1) };
    expect(attempt(flow, begun, pass)).toMatchObject({ code: 'bad_request' });
  });

  it('goes back to a node it has been through, and asks anew there', () => {
    const flow = chain(
      approvalNode('ward'),
      approvalNode('prison', { acts: { return: false, reassign: true, addApprover: true } }),
      approvalNode('chief'),
    );
    const back = (by: string, to: string): CaseEvent => ({ type: 'return', by, to, reason: '材料不全', at: at(5) });
    const chief = run(flow, [submit, approve('w1'), approve('p1')]);
    expect(attempt(flow, chief, back('c1', 'chief'))).toMatchObject({ code: 'bad_request', field: 'to' });
    expect(attempt(flow, chief, back('c1', 'end'))).toMatchObject({ code: 'bad_request', field: 'to' });
    const again = run(flow, [back('c1', 'ward')], chief);
    expect(again).toMatchObject({ nodeId: 'ward', path: [], state: 'open' });
    expect(states(run(flow, [approve('w1')], again))).toEqual(['p1 open', 'p2 open']);
    expect(attempt(flow, run(flow, [approve('w1')], again), back('p1', 'ward'))).toMatchObject({ code: 'forbidden' });
  });

  it('is passed to another officer, or asks one more', () => {
    const flow = chain(approvalNode('ward', { mode: 'sequential', rule: { kind: 'all' } }));
    const pass: CaseEvent = { type: 'reassign', by: 'w1', to: seat('x'), reason: '出差', at: at(1) };
    const add: CaseEvent = { type: 'addApprover', by: 'x', added: seat('y'), reason: '会签', at: at(2) };
    const both = run(flow, [submit, pass, add]);
    expect(states(both)).toEqual(['w1 moved', 'x open', 'y waiting', 'w2 waiting', 'w3 waiting']);
    expect(attempt(flow, both, { ...add, added: seat('w2') })).toMatchObject({ code: 'bad_request' });
    expect(
      run(
        flow,
        ['x', 'y', 'w2'].map((by) => approve(by)),
        both,
      ).state,
    ).toBe('open');
    expect(
      run(
        flow,
        ['x', 'y', 'w2', 'w3'].map((by) => approve(by)),
        both,
      ).state,
    ).toBe('approved');
    const fixed = chain(approvalNode('ward', { acts: { return: false, reassign: false, addApprover: false } }));
    expect(attempt(fixed, run(fixed, [submit]), pass)).toMatchObject({ code: 'forbidden' });
  });

  it('is withdrawn by its applicant before anybody has decided', () => {
    const flow = chain(approvalNode('ward', { rule: { kind: 'all' } }));
    const withdraw = (role: 'family' | 'inmate', id: string): CaseEvent => ({ type: 'withdraw', by: { role, id }, reason: '', at: at(2) });
    expect(run(flow, [submit, withdraw('family', 'f1')])).toMatchObject({ state: 'withdrawn' });
    expect(attempt(flow, run(flow, [submit]), withdraw('inmate', 'f1'))).toMatchObject({ code: 'forbidden' });
    expect(attempt(flow, run(flow, [submit, approve('w1')]), withdraw('family', 'f1'))).toMatchObject({ code: 'wrong_state' });
  });
});

describe('time', () => {
  const limited = (onTimeOut: object) =>
    approvalNode('ward', { rule: { kind: 'all' }, limit: { minutes: 60, remindBefore: 15, onTimeOut: onTimeOut as never } });
  const chief = { kind: 'escalate', to: [{ kind: 'role', role: 'chief' }] };
  const due = (flow: FlowDefinition, current: ApprovalCase, minutes: number) => dueEvents(flow, current, at(minutes));

  it('reminds once, then escalates to who decides instead', () => {
    const flow = chain(limited(chief));
    const begun = run(flow, [submit]);
    expect(wakeAt(begun)).toBe(at(45));
    expect(due(flow, begun, 44)).toEqual([]);
    expect(attempt(flow, begun, { type: 'remind', at: at(44) })).toMatchObject({ code: 'wrong_state' });
    expect(attempt(flow, begun, { type: 'escalate', at: at(59) })).toMatchObject({ code: 'wrong_state' });
    const reminder = attempt(flow, run(flow, [approve('w1')], begun), due(flow, begun, 45)[0] as CaseEvent);
    expect(reminder).toMatchObject({ ok: true, effects: [{ type: 'reminded', officers: ['w2', 'w3'] }] });
    const reminded = run(flow, due(flow, begun, 50), begun);
    expect(wakeAt(reminded)).toBe(at(60));
    const late = run(flow, due(flow, reminded, 61), reminded);
    expect(states(late)).toEqual(['w1 expired', 'w2 expired', 'w3 expired', 'c1 open']);
    expect([wakeAt(late), due(flow, late, 999)]).toEqual([null, []]);
    expect(attempt(flow, late, approve('w1'))).toMatchObject({ code: 'wrong_state' });
    expect(run(flow, [approve('c1')], late).state).toBe('approved');
  });

  it('leaves the case with those who are late when it can be escalated to nobody else', () => {
    const flow = chain(limited({ kind: 'escalate', to: [{ kind: 'officer', officerId: 'w1' }] }));
    const late = run(flow, [submit, approve('w1'), { type: 'escalate', at: at(60) }]);
    expect(states(late)).toEqual(['w1 approved', 'w2 open', 'w3 open']);
    expect(dueEvents(flow, late, at(999))).toEqual([]);
    expect(run(flow, [approve('w2'), approve('w3')], late).state).toBe('approved');
  });

  it('refuses or lets pass what nobody decided, if the flow says so', () => {
    const strict = chain(limited({ kind: 'refuse' }));
    expect(run(strict, due(strict, run(strict, [submit]), 60), run(strict, [submit]))).toMatchObject({
      state: 'refused',
      outcome: { by: null },
    });
    const lenient = chain(limited({ kind: 'approve' }), approvalNode('chief'));
    const passed = run(lenient, [submit, { type: 'timeOut', at: at(60) }]);
    expect(passed).toMatchObject({ nodeId: 'chief', touched: true, state: 'open' });
  });
});
