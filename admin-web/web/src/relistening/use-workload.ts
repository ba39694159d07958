import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';

export const WORKLOAD_KEY = ['relistening-workload'];
const REFRESH_MS = 60_000;

/** What there is to listen to, asked again every minute. */
export const useWorkload = () =>
  useQuery({ queryKey: WORKLOAD_KEY, queryFn: () => api.getWorkload(), refetchInterval: REFRESH_MS, staleTime: REFRESH_MS / 2 });
