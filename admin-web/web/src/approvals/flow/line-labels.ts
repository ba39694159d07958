import type { EdgeCondition, FactTest } from '@qinqiao/contracts';
import { useMemo } from 'react';
import { type TextKey, type Translate, useText } from '../../i18n/index.ts';
import { KNOWN_FACTS } from '../snapshot.tsx';
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

function testText(test: FactTest, t: Translate): string {
  const fact = KNOWN_FACTS.includes(test.fact) ? t(`approvals.design.facts.${test.fact}` as TextKey) : test.fact;
  if (!('value' in test)) return `${fact} ${SIGNS[test.op]}`;
  const value = (one: unknown) => (typeof one === 'boolean' ? t(one ? 'common.yes' : 'common.no') : String(one));
  return `${fact} ${SIGNS[test.op]} ${Array.isArray(test.value) ? test.value.map(value).join(', ') : value(test.value)}`;
}

/** A condition in short, as lines carry it; the first test and how many more. */
function conditionText({ tests }: EdgeCondition, t: Translate): string {
  const [first] = tests;
  if (!first) return '?';
  return tests.length > 1 ? `${testText(first, t)} +${tests.length - 1}` : testText(first, t);
}

/** Lines with what their conditions say. */
export function useLineLabels(edges: LineEdge[]): LineEdge[] {
  const t = useText();
  return useMemo(
    () => edges.map((edge) => (edge.data?.edge.when ? { ...edge, label: conditionText(edge.data.edge.when, t) } : edge)),
    [edges, t],
  );
}
