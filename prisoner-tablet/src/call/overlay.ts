import type { CallSnapshot } from '@qinqiao/client-sdk';

export type Overlay =
  | 'reconnecting'
  | 'connecting'
  | 'holdOfficer'
  | 'holdRecording'
  | 'pictureHeld'
  | 'otherLost'
  | 'otherAway'
  | 'beforeStart'
  | 'waiting';

/** What to say over the picture, the most important first; null when the other side is to be seen. */
export function overlayOf({ phase, call, tracks }: Pick<CallSnapshot, 'phase' | 'call' | 'tracks'>): Overlay | null {
  if (phase === 'reconnecting') return 'reconnecting';
  if (phase !== 'joined' || !call) return 'connecting';
  if (call.hold) return call.hold === 'recording' ? 'holdRecording' : 'holdOfficer';
  if (call.pictureHolds.includes('family')) return 'pictureHeld';
  const { family } = call.parties;
  if (family === 'reconnecting') return 'otherLost';
  if (family === 'away') return 'otherAway';
  if (family === 'absent') return 'waiting';
  if (tracks.some((track) => track.role === 'family')) return null;
  return call.state === 'open' ? 'beforeStart' : 'connecting';
}
