import type { CallClient, CallSnapshot } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';

export function useCallSnapshot(client: CallClient): CallSnapshot {
  const [snapshot, setSnapshot] = useState(client.snapshot);
  useEffect(() => client.on('change', setSnapshot), [client]);
  return snapshot;
}

/** Renders anew every second and answers the milliseconds left. */
export function useRemaining(client: CallClient): number | null {
  const [remaining, setRemaining] = useState(client.remainingMs());
  useEffect(() => {
    const timer = setInterval(() => setRemaining(client.remainingMs()), 500);
    return () => clearInterval(timer);
  }, [client]);
  return remaining;
}
