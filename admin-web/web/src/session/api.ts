import { createApi } from '@qinqiao/client-sdk';
import { QinqiaoError } from '@qinqiao/contracts';
import { QueryClient } from '@tanstack/react-query';
import { askForIdentity } from './reauth.ts';
import { session } from './session.ts';

const direct = createApi({ getToken: session.token, onUnauthorised: session.expire });

type AnyCall = (input?: unknown) => Promise<unknown>;

/** The API; where the server wants to know anew who asks, the officer is asked, and the call is made again. */
export const api = new Proxy(direct, {
  get(target, name) {
    const found: unknown = Reflect.get(target, name);
    return typeof found === 'function' ? confirming(found as AnyCall) : found;
  },
});

function confirming(call: AnyCall): AnyCall {
  return async (input) => {
    try {
      return await call(input);
    } catch (error) {
      if (!(error instanceof QinqiaoError) || error.code !== 'reauth_required') throw error;
      if (!(await askForIdentity())) throw error;
      return call(input);
    }
  };
}

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
