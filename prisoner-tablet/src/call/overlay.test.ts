import type { CallSnapshot } from '@qinqiao/client-sdk';
import type { CallView } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { overlayOf } from './overlay.ts';

const snapshot = (phase: CallSnapshot['phase'], call: Partial<CallView> | null, picture = true) =>
  ({
    phase,
    call: call && { state: 'live', hold: null, pictureHolds: [], parties: { inmate: 'present', family: 'present' }, ...call },
    tracks: picture ? [{ role: 'family' }] : [],
  }) as unknown as CallSnapshot;
const family = (presence: CallView['parties']['family']) => ({ parties: { inmate: 'present' as const, family: presence } });

it.each([
  ['nothing covers the picture', snapshot('joined', {}), null],
  ['a lost line goes before all', snapshot('reconnecting', { hold: 'officer' }), 'reconnecting'],
  ['before the join is answered', snapshot('connecting', null), 'connecting'],
  ['on hold the old picture is covered', snapshot('joined', { hold: 'officer' }), 'holdOfficer'],
  ['recording is down', snapshot('joined', { hold: 'recording' }), 'holdRecording'],
  ['the family’s picture is held', snapshot('joined', { pictureHolds: ['family'] }), 'pictureHeld'],
  ['one’s own picture is held', snapshot('joined', { pictureHolds: ['inmate'] }), null],
  ['nobody there yet', snapshot('joined', { state: 'open', ...family('absent') }, false), 'waiting'],
  ['both there before the time', snapshot('joined', { state: 'open' }, false), 'beforeStart'],
  ['both there, media on its way', snapshot('joined', { state: 'connecting' }, false), 'connecting'],
  ['the other lost the network', snapshot('joined', family('reconnecting')), 'otherLost'],
  ['the other is away', snapshot('joined', family('away')), 'otherAway'],
])('%s', (_, given, overlay) => expect(overlayOf(given)).toBe(overlay));
