import { CallClient, type CallSnapshot, LocalMedia, type LocalTracks } from '@qinqiao/client-sdk';
import type { CallId } from '@qinqiao/contracts';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { api } from '../session/api.ts';

export interface CallInHand {
  client: CallClient;
  media: LocalMedia;
  snapshot: CallSnapshot;
  local: LocalTracks;
  deviceError: unknown;
  openDevices: () => void;
}

/** Camera, microphone and call of one visit; all are let go when the screen goes. */
export function useCall(id: CallId, entered: boolean): CallInHand {
  const [comesBack] = useState(entered);
  const media = useMemo(() => new LocalMedia(), []);
  const client = useMemo(() => new CallClient({ local: media, fetchGrant: () => api.grantCall({ params: { id } }) }), [media, id]);
  const [deviceError, setDeviceError] = useState<unknown>(null);
  const openDevices = useCallback(() => {
    setDeviceError(null);
    media.open().catch(setDeviceError);
  }, [media]);
  useEffect(() => {
    const stopListening = media.on('problem', setDeviceError);
    media.open().catch(setDeviceError);
    // A page that was reloaded in its call goes straight back; else what can be done before the tap is done now.
    if (comesBack) client.join();
    else client.prepare().catch(() => {});
    return () => {
      stopListening();
      client.close();
      media.close();
    };
  }, [client, media, comesBack]);
  const snapshot = useSyncExternalStore(
    useCallback((listener) => client.on('change', listener), [client]),
    () => client.snapshot,
  );
  const local = useSyncExternalStore(
    useCallback((listener) => media.on('tracks', listener), [media]),
    () => media.tracks,
  );
  return { client, media, snapshot, local, deviceError, openDevices };
}
