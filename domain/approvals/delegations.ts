import type { Seat } from './case.ts';

export interface Person {
  id: string;
  name: string;
}
/** Who acts for whom at the instant in question: officer id → the officer he has delegated to. */
export type ActingNow = ReadonlyMap<string, Person>;

/**
 * The officers who are really asked: who is away is replaced by his delegate, and he by his own. Someone whose
 * delegations lead back to himself is asked himself. Each officer once, in the order of `people`; an officer who is asked
 * for himself is not asked a second time for another.
 */
export function withDelegations(people: readonly Person[], acting: ActingNow): Seat[] {
  const seats = people.map((person) => seatOf(person, acting));
  const own = seats.filter((seat) => seat.actingFor === null);
  const chosen = new Map([...seats.toReversed(), ...own].map((seat) => [seat.id, seat]));
  return seats
    .map(({ id }) => id)
    .filter((id, index, ids) => ids.indexOf(id) === index)
    .map((id) => chosen.get(id) as Seat);
}

function seatOf(person: Person, acting: ActingNow): Seat {
  const passed = new Set([person.id]);
  let last = person;
  for (let next = acting.get(person.id); next; next = acting.get(next.id)) {
    if (passed.has(next.id)) return { ...person, actingFor: null };
    passed.add(next.id);
    last = next;
  }
  const { id, name } = last;
  return { id, name, actingFor: id === person.id ? null : { id: person.id, name: person.name } };
}
