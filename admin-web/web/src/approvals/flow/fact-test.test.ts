import { FactTest } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { makeTest, OPS, opsFor, withFact } from './fact-test.ts';

it('whatever is chosen one after the other, a test stays one that the contract takes', () => {
  const facts = ['visitors', 'relation', 'keyControl', 'something'];
  const values = [3, 'mother', true, null, '', ['mother', 'father'], []];
  for (const fact of facts) {
    for (const value of values) {
      for (const op of opsFor(fact)) {
        const test = makeTest(fact, op, value);
        expect(FactTest.safeParse(test).success, JSON.stringify(test)).toBe(true);
        for (const next of facts) expect(FactTest.safeParse(withFact(test, next)).success, `${JSON.stringify(test)} → ${next}`).toBe(true);
      }
    }
  }
});

it('codes and yes-or-no are not put in an order', () => {
  expect(opsFor('visitors')).toEqual(OPS);
  expect(opsFor('relation')).not.toContain('lt');
  expect(withFact({ fact: 'visitors', op: 'gt', value: 3 }, 'keyControl')).toEqual({ fact: 'keyControl', op: 'eq', value: true });
});
