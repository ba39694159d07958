import { CallClient, type CallSnapshot, LocalMedia, type LocalTracks } from '@qinqiao/client-sdk';
import { MaskingStage } from '@qinqiao/client-sdk/picture';
import type { CallId, MaskReport } from '@qinqiao/contracts';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { api } from '../session/api.ts';

export interface CallInHand {
  client: CallClient;
  media: LocalMedia;
  snapshot: CallSnapshot;
  local: LocalTracks;
  mask: MaskReport;
  deviceError: unknown;
  openDevices: () => void;
}

/** Camera, microphone and call of one visit; all are let go when the screen goes. */
export function useCall(id: CallId, entered: boolean): CallInHand {
  const [comesBack] = useState(entered);
  const stage = useMemo(() => new MaskingStage({ assets: MASKING_ASSETS }), []);
  const media = useMemo(() => new LocalMedia({ stage }), [stage]);
  const client = useMemo(() => newClient(id, media, stage), [id, media, stage]);
  const [deviceError, setDeviceError] = useState<unknown>(null);
  const openDevices = useCallback(() => {
    setDeviceError(null);
    media.open().catch(setDeviceError);
  }, [media]);
  useEffect(() => {
    const stopListening = media.on('problem', setDeviceError);
    const stopTelling = stage.on('report', (report) => client.tellMask(report));
    media.open().catch(setDeviceError);
    // A page that was reloaded in its call goes straight back; else what can be done before the tap is done now.
    if (comesBack) client.join();
    else client.prepare().catch(() => {});
    return () => {
      stopListening();
      stopTelling();
      client.close();
      media.close();
    };
  }, [client, media, stage, comesBack]);
  const snapshot = useSyncExternalStore(
    useCallback((listener) => client.on('change', listener), [client]),
    () => client.snapshot,
  );
  const local = useSyncExternalStore(
    useCallback((listener) => media.on('tracks', listener), [media]),
    () => media.tracks,
  );
  const mask = useSyncExternalStore(
    useCallback((listener) => stage.on('report', listener), [stage]),
    () => stage.report,
  );
  return { client, media, snapshot, local, mask, deviceError, openDevices };
}

/** The grant says how the background is masked; it is asked for before the call is entered. */
function newClient(id: CallId, local: LocalMedia, stage: MaskingStage): CallClient {
  const fetchGrant = async () => {
    const answer = await api.grantCall({ params: { id } });
    if (answer.mask) stage.policy = answer.mask;
    return answer;
  };
  return new CallClient({ local, fetchGrant });
}
