import { FlowDefinition } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { arranged, newFlow, toDefinition, toLine, toStep } from './graph.ts';

it('a drawing comes back as the flow it was made of', () => {
  const flow = newFlow('监区审批');
  expect(FlowDefinition.parse(flow)).toEqual(flow);
  expect(
    toDefinition(
      flow.nodes.map((node) => toStep(node)),
      flow.edges.map(toLine),
    ),
  ).toEqual(flow);
});

it('arranging leads every line to the right, and comes to an end on a cycle', () => {
  const flow = newFlow('一');
  const [start, step, end] = flow.nodes.map(({ id }) => id) as [string, string, string];
  const shuffled = { ...flow, nodes: flow.nodes.toReversed().map((node) => ({ ...node, position: { x: 0, y: 0 } })) };
  const at = new Map(arranged(shuffled).nodes.map(({ id, position }) => [id, position.x]));
  expect([start, step, end].map((id) => at.get(id))).toEqual([0, 250, 500]);
  const cycle = { ...flow, edges: [...flow.edges, { id: 'back', from: end, to: step, when: null }] };
  expect(arranged(cycle).nodes).toHaveLength(3);
});
