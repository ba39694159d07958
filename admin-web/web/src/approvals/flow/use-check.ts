import { type FlowDefinition, type FlowProblem, QinqiaoError } from '@qinqiao/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../../session/api.ts';

const PAUSE_MS = 500;
const NONE: FlowProblem[] = [];
const RETRIES = 3;

export interface Check {
  /** What would keep the drawing from being published. Null: not known, or not yet. */
  problems: FlowProblem[] | null;
  /** They are of the drawing as it is now, not of one a moment ago. */
  isCurrent: boolean;
  /** Why it could not be asked. */
  error: unknown;
  askAgain: () => void;
}

/** Has the drawing checked whenever it rests. What fails is tried again by itself, and then left to the officer. */
export function useCheck(prisonId: string, definition: FlowDefinition, enabled: boolean): Check {
  const drawn = JSON.stringify(withoutPlaces(definition));
  const [rested, setRested] = useState(drawn);
  useEffect(() => {
    const timer = setTimeout(() => setRested(drawn), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [drawn]);
  const { data, error, isPlaceholderData, refetch } = useQuery({
    queryKey: ['flow-check', prisonId, rested],
    queryFn: () => api.checkFlow({ body: { prisonId, definition: JSON.parse(rested) as FlowDefinition } }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    // It changes nothing and holds up publishing: also worth asking again after a fault of the server's.
    retry: (failures, thrown) => failures < RETRIES && !(thrown instanceof QinqiaoError && thrown.status >= 400 && thrown.status < 500),
    retryDelay: (failures) => 300 * 2 ** failures,
    enabled,
  });
  if (!enabled) return { problems: NONE, isCurrent: true, error: null, askAgain: NOTHING };
  return { problems: data?.items ?? null, isCurrent: rested === drawn && !isPlaceholderData, error, askAgain: () => void refetch() };
}

const NOTHING = () => undefined;

/** Moving a step is no reason to check anew. */
const withoutPlaces = ({ nodes, edges }: FlowDefinition): FlowDefinition => ({
  nodes: nodes.map((node) => ({ ...node, position: { x: 0, y: 0 } })),
  edges,
});
