import type { EdgeCondition, Facts, FactTest, FlowDefinition, FlowNode } from '@qinqiao/contracts';

type Fact = Facts[string];
type Value = Fact | Fact[] | undefined;

const ordered = (fact: Fact, value: Value, holds: (order: number) => boolean): boolean => {
  if (typeof fact === 'number' && typeof value === 'number') return holds(fact - value);
  if (typeof fact === 'string' && typeof value === 'string') return holds(fact < value ? -1 : Number(fact > value));
  return false;
};
const among = (fact: Fact, value: Value): boolean => Array.isArray(value) && value.includes(fact);

const TESTS: Record<FactTest['op'], (fact: Fact, value: Value) => boolean> = {
  eq: (fact, value) => fact === value,
  ne: (fact, value) => fact !== value,
  lt: (fact, value) => ordered(fact, value, (order) => order < 0),
  lte: (fact, value) => ordered(fact, value, (order) => order <= 0),
  gt: (fact, value) => ordered(fact, value, (order) => order > 0),
  gte: (fact, value) => ordered(fact, value, (order) => order >= 0),
  in: among,
  notIn: (fact, value) => !among(fact, value),
  present: () => true,
  absent: () => false,
};
const HOLDS_WHEN_MISSING: ReadonlySet<FactTest['op']> = new Set(['ne', 'notIn', 'absent']);

function testHolds(test: FactTest, facts: Facts): boolean {
  const fact = Object.hasOwn(facts, test.fact) ? facts[test.fact] : undefined;
  if (fact === undefined) return HOLDS_WHEN_MISSING.has(test.op);
  return TESTS[test.op](fact, 'value' in test ? test.value : undefined);
}

/** Whether an edge's condition holds for a case with these facts. */
export function conditionHolds(condition: EdgeCondition, facts: Facts): boolean {
  const { match, tests } = condition;
  return match === 'all' ? tests.every((test) => testHolds(test, facts)) : tests.some((test) => testHolds(test, facts));
}

/** The node a case with these facts goes to from `from`; undefined when the flow leads nowhere (a checked flow never does). */
export function nextNode(flow: FlowDefinition, from: string, facts: Facts): FlowNode | undefined {
  const edges = flow.edges.filter((edge) => edge.from === from);
  const edge = edges.find(({ when }) => when && conditionHolds(when, facts)) ?? edges.find(({ when }) => when === null);
  return edge && flow.nodes.find((node) => node.id === edge.to);
}
