import { checkNetwork, meterLevel, type NetworkCheck } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';

const NETWORK_MS = 10_000;

/** How loud the microphone is, 0…1. */
export function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => (track ? meterLevel(track, setLevel) : undefined), [track]);
  return level;
}

/** The way to the server, measured again and again; null before the first time. */
export function useNetwork(): NetworkCheck | 'failed' | null {
  const [result, setResult] = useState<NetworkCheck | 'failed' | null>(null);
  useEffect(() => {
    let over = false;
    const measure = async () => {
      const measured = await checkNetwork().catch(() => 'failed' as const);
      if (!over) setResult(measured);
    };
    void measure();
    const timer = setInterval(() => void measure(), NETWORK_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  return result;
}
