import { type RefObject, useEffect, useRef, useState } from 'react';

export type CameraState = 'starting' | 'on' | 'denied' | 'missing';
const JPEG_QUALITY = 0.92;

/** The camera, shown in a video element for as long as the component is there. */
export function useCamera(): { video: RefObject<HTMLVideoElement>; state: CameraState; grab: () => Promise<Blob | null> } {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>('starting');
  useEffect(() => {
    let stream: MediaStream | null = null;
    let gone = false;
    const stop = () => stream?.getTracks().forEach((track) => track.stop());
    const open = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (gone || !video.current) return stop();
      video.current.srcObject = stream;
      await video.current.play();
      if (!gone) setState('on');
    };
    open().catch((error: unknown) => {
      if (!gone) setState(error instanceof DOMException && error.name === 'NotFoundError' ? 'missing' : 'denied');
    });
    return () => {
      gone = true;
      stop();
    };
  }, []);
  const grab = async () => {
    const { current } = video;
    if (!current || current.videoWidth === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = current.videoWidth;
    canvas.height = current.videoHeight;
    canvas.getContext('2d')?.drawImage(current, 0, 0);
    return new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
  };
  return { video, state, grab };
}
