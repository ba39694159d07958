import { paintBlack } from './painter.ts';

const FRAMES_PER_SECOND = 2;

/** A black track made by the page itself, for when the masking worker is gone. */
export function standbyTrack(): { track: MediaStreamTrack; stop: () => void } {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [640, 360];
  const pen = canvas.getContext('2d');
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  if (!pen || !track) throw new DOMException('no canvas', 'NotSupportedError');
  const paint = () => paintBlack(pen, 'hidden');
  paint();
  const timer = setInterval(paint, 1000 / FRAMES_PER_SECOND);
  const stop = () => {
    clearInterval(timer);
    track.stop();
  };
  return { track, stop };
}
