import { FlowDefinition } from '@qinqiao/contracts';
import { describe, expect, it } from 'vitest';
import { checkFlow, rolesOf } from './check-flow.ts';
import { conditionHolds, nextNode } from './conditions.ts';
import { FLOW_PROBLEMS } from './flow-problems.ts';
import { approvalNode, chain, edge, END, START } from './testing.ts';

const codes = (flow: FlowDefinition, staff?: Map<string, string[]>) =>
  checkFlow(flow, staff).map(({ code, nodeId, edgeId }) => [code, nodeId ?? edgeId]);
const good = chain(approvalNode('ward'), approvalNode('prison', { mode: 'sequential', rule: { kind: 'all' } }));
const officer = (id: string) => ({ kind: 'officer' as const, officerId: id as never });
const fewVisitors = { match: 'all' as const, tests: [{ fact: 'visitors', op: 'lt' as const, value: 3 }] };

describe('checking a flow', () => {
  it('finds nothing wrong with a good one, which also has the shape of the contract', () => {
    expect(checkFlow(good)).toEqual([]);
    expect(FlowDefinition.parse(JSON.parse(JSON.stringify(good)))).toEqual(good);
    expect(rolesOf(good)).toEqual(['ward', 'prison']);
  });

  const limit = (change: object) => ({ limit: { minutes: 60, remindBefore: null, onTimeOut: { kind: 'refuse' as const }, ...change } });
  const wrong: [string, FlowDefinition, (string | null)[][]][] = [
    [
      'nothing at all',
      { nodes: [], edges: [] },
      [
        ['start_missing', null],
        ['end_missing', null],
        ['approval_missing', null],
      ],
    ],
    [
      'a second start',
      { ...good, nodes: [...good.nodes, { ...START, id: 's2' }] },
      [
        ['start_many', 's2'],
        ['dead_end', 's2'],
      ],
    ],
    ['an id used twice', { ...good, nodes: [...good.nodes, approvalNode('ward')] }, [['node_id_twice', 'ward']]],
    ['an edge to nowhere', { ...good, edges: [...good.edges, edge('ward', 'gone', fewVisitors)] }, [['edge_dangling', 'ward-gone']]],
    [
      'a node without a way in',
      { ...good, nodes: [...good.nodes, approvalNode('lost')], edges: [...good.edges, edge('lost', 'end')] },
      [['unreachable', 'lost']],
    ],
    [
      'a node without a way out',
      { ...good, nodes: [...good.nodes, approvalNode('pit')], edges: [...good.edges, edge('ward', 'pit', fewVisitors)] },
      [['dead_end', 'pit']],
    ],
    [
      'a cycle',
      { ...good, edges: [...good.edges, edge('prison', 'ward', fewVisitors)] },
      [
        ['cycle', 'ward'],
        ['cycle', 'prison'],
      ],
    ],
    [
      'an edge out of the end',
      { ...good, edges: [...good.edges, edge('end', 'ward')] },
      [
        ['edge_out_of_end', 'end'],
        ['cycle', 'ward'],
        ['cycle', 'prison'],
        ['cycle', 'end'],
      ],
    ],
    [
      'only conditional ways on',
      { nodes: [START, approvalNode('a'), END], edges: [edge('start', 'a'), edge('a', 'end', fewVisitors)] },
      [['default_missing', 'a']],
    ],
    [
      'two ways on without condition',
      { ...good, edges: [...good.edges, { ...edge('ward', 'end'), id: 'again' }] },
      [['default_many', 'ward']],
    ],
    [
      'an empty condition',
      { ...good, edges: [...good.edges, edge('ward', 'end', { match: 'all', tests: [] })] },
      [['condition_empty', 'ward-end']],
    ],
    ['nobody asked', chain(approvalNode('a', { approvers: [] })), [['approver_missing', 'a']]],
    ['an approver named twice', chain(approvalNode('a', { approvers: [officer('1'), officer('1')] })), [['approver_twice', 'a']]],
    [
      'more votes than approvers',
      chain(approvalNode('a', { approvers: [officer('1'), officer('2')], rule: { kind: 'vote', needed: 3 } })),
      [['vote_too_large', 'a']],
    ],
    ['any in a sequence', chain(approvalNode('a', { mode: 'sequential' })), [['any_in_sequence', 'a']]],
    ['a reminder before the beginning', chain(approvalNode('a', limit({ remindBefore: 60 }))), [['reminder_too_early', 'a']]],
    ['escalation to nobody', chain(approvalNode('a', limit({ onTimeOut: { kind: 'escalate', to: [] } }))), [['escalation_missing', 'a']]],
  ];
  it.each(wrong)('finds %s', (_name, flow, expected) => {
    expect(codes(flow)).toEqual(expected);
  });

  it('counts the officers of roles when they are known, each once', () => {
    const vote = approvalNode('a', {
      approvers: [{ kind: 'role', role: 'x' }, { kind: 'role', role: 'y' }, officer('1')],
      rule: { kind: 'vote', needed: 3 },
    });
    expect(codes(chain(vote))).toEqual([]);
    expect(
      codes(
        chain(vote),
        new Map([
          ['x', ['1', '2']],
          ['y', ['2', '3']],
        ]),
      ),
    ).toEqual([]);
    expect(codes(chain(vote), new Map([['x', ['1', '2']]]))).toEqual([
      ['vote_too_large', 'a'],
      ['role_unstaffed', 'a'],
    ]);
    expect(codes(chain(approvalNode('constructor')), new Map())).toEqual([['role_unstaffed', 'constructor']]);
  });

  it('says everything in both languages', () => {
    for (const text of Object.values(FLOW_PROBLEMS).map((make) => make('甲'))) {
      expect(text.zh).toMatch(/\p{Script=Han}/u);
      expect(text.en).toMatch(/^[A-Z“N]/);
    }
  });
});

describe('conditions on facts', () => {
  const holds = (test: object, facts: Record<string, string | number | boolean | null>) =>
    conditionHolds({ match: 'all', tests: [test as never] }, facts);

  it.each([
    [{ fact: 'n', op: 'gte', value: 3 }, { n: 3 }, true],
    [{ fact: 'n', op: 'gt', value: 3 }, { n: 3 }, false],
    [{ fact: 'n', op: 'gt', value: 3 }, { n: '4' }, false],
    [{ fact: 'at', op: 'lt', value: '2026-11-21T00:00:00.000Z' }, { at: '2026-11-20T23:00:00.000Z' }, true],
    [{ fact: 'who', op: 'in', value: ['mother', 'father'] }, { who: 'father' }, true],
    [{ fact: 'who', op: 'notIn', value: ['mother'] }, {}, true],
    [{ fact: 'who', op: 'ne', value: 'mother' }, {}, true],
    [{ fact: 'who', op: 'eq', value: null }, {}, false],
    [{ fact: 'toString', op: 'present' }, {}, false],
    [{ fact: 'six', op: 'present' }, { six: false }, true],
    [{ fact: 'six', op: 'absent' }, { six: false }, false],
  ])('%j of %j is %s', (test, facts, expected) => {
    expect(holds(test, facts as never)).toBe(expected);
  });

  it('lead along the first edge that holds, else along the one without a condition', () => {
    const many = {
      match: 'any' as const,
      tests: [
        { fact: 'visitors', op: 'gte' as const, value: 3 },
        { fact: 'foreign', op: 'eq' as const, value: true },
      ],
    };
    const flow = { nodes: [START, approvalNode('a'), approvalNode('b'), END], edges: [edge('a', 'end'), edge('a', 'b', many)] };
    expect(nextNode(flow, 'a', { visitors: 2 })?.id).toBe('end');
    expect(nextNode(flow, 'a', { visitors: 2, foreign: true })?.id).toBe('b');
    expect(nextNode(flow, 'b', {})).toBeUndefined();
  });
});
