import { FaceCheckRun, type FaceCheckSnapshot, LocalMedia } from '@qinqiao/client-sdk';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../session/api.ts';

export interface FaceCheckInHand {
  video: MediaStreamTrack | null;
  snapshot: FaceCheckSnapshot;
  deviceError: unknown;
  /** Begins anew, and takes the camera anew where it could not be had. */
  again: () => void;
}

/** The camera and the check of one log-in. The picture goes to the server only, never into a call. */
export function useFaceCheck(): FaceCheckInHand {
  const [media] = useState(() => new LocalMedia({ kinds: ['video'] }));
  const [run] = useState(() => new FaceCheckRun({ api, callId: null }));
  const [deviceError, setDeviceError] = useState<unknown>(null);
  useEffect(() => {
    media.open().then(() => run.start(), setDeviceError);
    const stopListening = media.on('problem', setDeviceError);
    return () => {
      stopListening();
      run.stop();
      media.close();
    };
  }, [media, run]);
  const video = useSyncExternalStore(
    useCallback((listener) => media.on('tracks', listener), [media]),
    () => media.tracks.video,
  );
  useEffect(() => {
    run.look(video);
    return () => run.look(null);
  }, [run, video]);
  const snapshot = useSyncExternalStore(
    useCallback((listener) => run.on('change', listener), [run]),
    () => run.snapshot,
  );
  const again = () => {
    if (deviceError === null) return run.start();
    setDeviceError(null);
    media.open().then(() => run.start(), setDeviceError);
  };
  return { video, snapshot, deviceError, again };
}
