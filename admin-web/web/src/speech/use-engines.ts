import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';

export const ENGINES_KEY = ['speech-engines'];
const REFRESH_MS = 2000;

/** All engines with their health, asked for again and again. */
export const useEngines = () => useQuery({ queryKey: ENGINES_KEY, queryFn: () => api.listSpeechEngines(), refetchInterval: REFRESH_MS });
