import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/** What a list is narrowed to, kept in the page's address: going back shows the same list. `names` must be the same at every call. */
export function useAddressFilter<Filter>(names: readonly (keyof Filter & string)[]): {
  filter: Filter;
  set: (change: Partial<Record<keyof Filter, string | undefined>>) => void;
} {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(
    () => Object.fromEntries(names.flatMap((name) => (search.get(name) === null ? [] : [[name, search.get(name)]]))) as Filter,
    [search, names],
  );
  const set = useCallback(
    (change: Partial<Record<keyof Filter, string | undefined>>) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries<string | undefined>(change)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return { filter, set };
}
