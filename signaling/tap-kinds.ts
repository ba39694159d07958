import type { LinkService } from '@qinqiao/contracts';
import type { Track } from './call-media.ts';

export type TapKind = LinkService;

/** What each service is asked by. */
export const REQUESTS = {
  recorder: { open: 'recording:open', track: 'recording:track', trackEnd: 'recording:trackEnd', close: 'recording:close' },
  asr: { open: 'speech:open', track: 'speech:track', trackEnd: 'speech:trackEnd', close: 'speech:close' },
  picture: { open: 'picture:open', track: 'picture:track', trackEnd: 'picture:trackEnd', close: 'picture:close' },
} as const satisfies Record<TapKind, Record<'open' | 'track' | 'trackEnd' | 'close', string>>;

/** In the order in which they are opened. */
export const TAP_KINDS = ['recorder', 'asr', 'picture'] as const satisfies readonly TapKind[];

/** What goes into a call's history when a service is lost. */
export const LOST: Record<TapKind, string> = { recorder: 'recordingLost', asr: 'speechLost', picture: 'pictureLost' };

/** Whether a service gets a track: the recorder all, the bridge what is heard, the watch what the parties show. */
export function takes(kind: TapKind, track: Pick<Track, 'kind' | 'owner'>): boolean {
  if (kind === 'asr') return track.kind === 'audio';
  return kind === 'recorder' || (track.kind === 'video' && track.owner.role !== 'officer');
}

/** The watch looks at a picture this often, and gets no more of it. */
const STILLS_EVERY_MS = 2000;

/** What of a track a service gets. */
export const partOf = (kind: TapKind): { stillsEveryMs?: number } => (kind === 'picture' ? { stillsEveryMs: STILLS_EVERY_MS } : {});
