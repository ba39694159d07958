import { FaceCheckRun, type FaceCheckSnapshot, FrameGrabber, LocalMedia } from '@qinqiao/client-sdk';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
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
  const media = useMemo(() => new LocalMedia({ kinds: ['video'] }), []);
  const grabber = useRef<FrameGrabber | null>(null);
  const run = useMemo(() => new FaceCheckRun({ api, callId: null, grab: async () => (await grabber.current?.grab()) ?? null }), []);
  const [deviceError, setDeviceError] = useState<unknown>(null);
  const begin = useCallback(() => {
    setDeviceError(null);
    media.open().then(() => run.start(), setDeviceError);
  }, [media, run]);
  useEffect(() => {
    begin();
    const stopListening = media.on('problem', setDeviceError);
    return () => {
      stopListening();
      run.stop();
      media.close();
    };
  }, [begin, media, run]);
  const video = useSyncExternalStore(
    useCallback((listener) => media.on('tracks', listener), [media]),
    () => media.tracks.video,
  );
  useEffect(() => {
    grabber.current = video ? new FrameGrabber(video) : null;
    return () => grabber.current?.close();
  }, [video]);
  const snapshot = useSyncExternalStore(
    useCallback((listener) => run.on('change', listener), [run]),
    () => run.snapshot,
  );
  const again = () => (deviceError === null ? run.start() : begin());
  return { video, snapshot, deviceError, again };
}
