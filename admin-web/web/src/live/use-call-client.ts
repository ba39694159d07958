import { CallClient, type CallSnapshot } from '@qinqiao/client-sdk';
import type { CallId } from '@qinqiao/contracts';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { api } from '../session/api.ts';

/** Watches a call as long as the page shows it. */
export function useCallClient(id: CallId): { client: CallClient; snapshot: CallSnapshot } {
  const client = useMemo(() => new CallClient({ local: null, fetchGrant: () => api.grantCall({ params: { id } }) }), [id]);
  useEffect(() => {
    client.join();
    return () => client.close();
  }, [client]);
  const subscribe = useCallback((listener: () => void) => client.on('change', listener), [client]);
  const snapshot = useSyncExternalStore(subscribe, () => client.snapshot);
  return { client, snapshot };
}
