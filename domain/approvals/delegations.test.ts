import { expect, it } from 'vitest';
import { withDelegations } from './delegations.ts';

const person = (id: string) => ({ id, name: id });
const acting = (...pairs: [string, string][]) => new Map(pairs.map(([from, to]) => [from, person(to)]));
const asked = (ids: string[], map: ReturnType<typeof acting>) =>
  withDelegations(ids.map(person), map).map(({ id, actingFor }) => (actingFor ? `${id} for ${actingFor.id}` : id));

it.each([
  ['nobody is away', ['a', 'b'], acting(), ['a', 'b']],
  ['one is away', ['a', 'b'], acting(['a', 'c']), ['c for a', 'b']],
  ['his delegate is away too', ['a'], acting(['a', 'b'], ['b', 'c']), ['c for a']],
  ['the delegate is asked himself', ['a', 'b'], acting(['a', 'b']), ['b']],
  ['two have the same delegate', ['a', 'b'], acting(['a', 'c'], ['b', 'c']), ['c for a']],
  ['two delegate to each other', ['a', 'b'], acting(['a', 'b'], ['b', 'a']), ['a', 'b']],
  ['the delegations behind one run in a circle', ['a'], acting(['a', 'b'], ['b', 'c'], ['c', 'b']), ['a']],
])('asks the right officers when %s', (_name, ids, map, expected) => {
  expect(asked(ids, map)).toEqual(expected);
});
