import { browserTimers, type Timers } from '../support/timers.ts';

/** How long a track may be mute before it counts as taken away (a telephone call on iOS mutes it and never gives it back). */
const MUTE_PATIENCE_MS = 2000;

/** Watches a captured track and calls `onLost` once when it ended, or stays mute while the page is in sight. */
export function watchTrack(track: MediaStreamTrack, onLost: () => void, timers: Timers = browserTimers): () => void {
  let cancelTimer = () => {};
  const stop = () => {
    cancelTimer();
    track.removeEventListener('ended', lost);
    track.removeEventListener('mute', check);
    track.removeEventListener('unmute', check);
    globalThis.document?.removeEventListener('visibilitychange', check);
  };
  const lost = () => {
    stop();
    onLost();
  };
  const check = () => {
    cancelTimer();
    if (globalThis.document?.visibilityState === 'hidden') return;
    if (track.readyState === 'ended') lost();
    else if (track.muted) cancelTimer = timers.after(MUTE_PATIENCE_MS, lost);
  };
  track.addEventListener('ended', lost);
  track.addEventListener('mute', check);
  track.addEventListener('unmute', check);
  globalThis.document?.addEventListener('visibilitychange', check);
  check();
  return stop;
}
