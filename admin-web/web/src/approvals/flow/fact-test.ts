import type { FactTest } from '@qinqiao/contracts';
import { CODED, YES_OR_NO } from './fact-names.ts';

export const OPS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'notIn', 'present', 'absent'] as const;
export type Op = (typeof OPS)[number];
type Scalar = string | number | boolean | null;

const ORDERS: ReadonlySet<Op> = new Set(['lt', 'lte', 'gt', 'gte']);

/** The questions that can be asked about a fact: codes and yes-or-no have no order. */
export const opsFor = (fact: string): Op[] => OPS.filter((op) => !(ORDERS.has(op) && (fact in CODED || YES_OR_NO.has(fact))));

/** A test of these, its value made to fit: a list for `in`, one value for the others, a number or text where there is an order. */
export function makeTest(fact: string, op: Op, given: Scalar | Scalar[]): FactTest {
  if (op === 'present' || op === 'absent') return { fact, op };
  const list = (Array.isArray(given) ? given : [given]).slice(0, 100);
  if (op === 'in' || op === 'notIn') return { fact, op, value: list.length > 0 ? list : [''] };
  const [first = ''] = list;
  if (op === 'eq' || op === 'ne') return { fact, op, value: first };
  return { fact, op, value: typeof first === 'number' || typeof first === 'string' ? first : 0 };
}

/** The same question about another fact; a value that can't be one of it is given up. */
export function withFact(test: FactTest, fact: string): FactTest {
  const op = opsFor(fact).includes(test.op) ? test.op : 'eq';
  const changesKind = CODED[fact] !== CODED[test.fact] || YES_OR_NO.has(fact) !== YES_OR_NO.has(test.fact);
  return makeTest(fact, op, changesKind ? (YES_OR_NO.has(fact) ? true : '') : valueOf(test));
}

export const valueOf = (test: FactTest): Scalar | Scalar[] => ('value' in test ? test.value : '');
