/**
 * Shows tracks in a media element. When the browser wants a tap before it plays, `onBlocked` is told;
 * `element.play()` then works inside the tap.
 */
export function attachTracks(element: HTMLMediaElement, tracks: (MediaStreamTrack | null)[], onBlocked?: () => void): void {
  const wanted = tracks.filter((track) => track !== null);
  const current = element.srcObject instanceof MediaStream ? element.srcObject.getTracks() : [];
  const same = wanted.length === current.length && wanted.every((track) => current.includes(track));
  if (!same) element.srcObject = wanted.length > 0 ? new MediaStream(wanted) : null;
  if (wanted.length === 0 || (same && !element.paused)) return;
  element.play().catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked?.();
  });
}
