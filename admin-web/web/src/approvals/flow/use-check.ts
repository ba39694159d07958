import type { FlowDefinition, FlowProblem } from '@qinqiao/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../session/api.ts';

const PAUSE_MS = 500;
const NONE: FlowProblem[] = [];

/** What would keep the drawing from being published, asked for when the drawing rests. Null: not known yet. */
export function useCheck(prisonId: string, definition: FlowDefinition, enabled: boolean): FlowProblem[] | null {
  const drawn = JSON.stringify(withoutPlaces(definition));
  const [rested, setRested] = useState(drawn);
  useEffect(() => {
    const timer = setTimeout(() => setRested(drawn), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [drawn]);
  const { data } = useQuery({
    queryKey: ['flow-check', prisonId, rested],
    queryFn: () => api.checkFlow({ body: { prisonId, definition: JSON.parse(rested) as FlowDefinition } }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    enabled,
  });
  return data?.items ?? (enabled ? null : NONE);
}

/** Moving a step is no reason to check anew. */
const withoutPlaces = ({ nodes, edges }: FlowDefinition): FlowDefinition => ({
  nodes: nodes.map((node) => ({ ...node, position: { x: 0, y: 0 } })),
  edges,
});
