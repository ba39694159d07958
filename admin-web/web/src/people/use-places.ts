import type { Choice } from '../components/search-select.tsx';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../session/api.ts';

/** The prisons and wards that the officer sees, as choices. */
export function usePlaces(): { prisons: Choice[]; wardsOf: (prisonId: string | undefined) => Choice[] } {
  const { data } = useQuery({ queryKey: ['places'], queryFn: () => api.listPlaces(), staleTime: 60_000 });
  return useMemo(() => {
    const places = data?.prisons ?? [];
    const choices = (named: { id: string; name: string }[]) => named.map(({ id, name }) => ({ value: id, label: name }));
    return {
      prisons: choices(places),
      wardsOf: (prisonId) => choices(places.find(({ id }) => id === prisonId)?.wards ?? []),
    };
  }, [data]);
}
