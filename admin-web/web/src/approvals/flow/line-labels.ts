import type { EdgeCondition, FactTest } from '@qinqiao/contracts';
import { useFactNames } from './fact-names.ts';
import type { LineEdge } from './graph.ts';

const SIGNS: Record<FactTest['op'], string> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  lte: '≤',
  gt: '>',
  gte: '≥',
  in: '∈',
  notIn: '∉',
  present: '✓',
  absent: '✗',
};

type Names = ReturnType<typeof useFactNames>;

function testText(test: FactTest, { factName, valueName }: Names): string {
  const sign = SIGNS[test.op];
  if (!('value' in test)) return `${factName(test.fact)} ${sign}`;
  const values = Array.isArray(test.value) ? test.value : [test.value];
  return `${factName(test.fact)} ${sign} ${values.map((value) => valueName(test.fact, value)).join(', ')}`;
}

/** A condition in short, as lines carry it; the first test and how many more. */
function conditionText({ tests }: EdgeCondition, names: Names): string {
  const [first] = tests;
  if (!first) return '?';
  return tests.length > 1 ? `${testText(first, names)} +${tests.length - 1}` : testText(first, names);
}

/** Lines with what their conditions say. */
export function useLineLabels(edges: LineEdge[]): LineEdge[] {
  const names = useFactNames();
  return edges.map((edge) => (edge.data?.edge.when ? { ...edge, label: conditionText(edge.data.edge.when, names) } : edge));
}
