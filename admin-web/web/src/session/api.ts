import { createApi } from '@qinqiao/client-sdk';
import { QinqiaoError } from '@qinqiao/contracts';
import { QueryClient } from '@tanstack/react-query';
import { session } from './session.ts';

export const api = createApi({ getToken: session.token, onUnauthorised: session.expire });

const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      networkMode: 'always',
      // Only what may pass by itself is asked again; a refusal stays one.
      retry: (failures, error) => failures < RETRIES && error instanceof QinqiaoError && error.code === 'network_failed',
    },
    mutations: { networkMode: 'always' },
  },
});
