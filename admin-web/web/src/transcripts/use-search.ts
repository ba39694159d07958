import type { RestInput } from '@qinqiao/contracts';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

type Query = NonNullable<RestInput<'searchTranscripts'>['query']>;
/** What is looked for, as the address says it. */
export type Filter = Partial<Omit<Query, 'cursor' | 'limit'>>;
const NAMES = ['text', 'prisonId', 'wardId', 'inmateId', 'kind', 'speaker', 'from', 'to'] as const;

export type Change = Partial<Record<(typeof NAMES)[number], string | undefined>>;

/** What was searched for, as the address says it: going back from the player shows the same. */
export function useSearch() {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(
    () => Object.fromEntries(NAMES.flatMap((name) => (search.get(name) === null ? [] : [[name, search.get(name)]]))) as Filter,
    [search],
  );
  const set = (change: Change) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(change)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      { replace: true },
    );
  return { filter, set };
}
