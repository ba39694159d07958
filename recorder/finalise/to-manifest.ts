import type { FinishedFile, RecordingGap } from '@qinqiao/domain/recordings';
import { toInstant } from '@qinqiao/server-kit';
import type { Take } from '../journal/index.ts';
import { round } from './files.ts';
import type { FinaliseOptions } from './finalise.ts';
import type { Manifest, ManifestTrack } from './manifest.ts';
import type { StreamResult } from './write-lane.ts';

/** What was made of a call's journals. */
export interface Made {
  takes: readonly Take[];
  results: readonly (StreamResult & { file: string | null })[];
  files: FinishedFile[];
  gaps: RecordingGap[];
  error: string | null;
}

export function toManifest({ callId, epoch, software }: FinaliseOptions, made: Made): Manifest {
  return {
    format: 'qinqiao-recording-1',
    software,
    callId,
    epoch,
    finishedAt: toInstant(Date.now()),
    durationMs: Math.max(0, ...made.files.map((file) => file.startMs + file.durationMs)),
    takes: made.takes.map(({ openedMs, closedMs }) => ({
      openedAt: toInstant(openedMs),
      closedAt: closedMs === null ? null : toInstant(closedMs),
    })),
    files: made.files,
    tracks: made.results.map(toManifestTrack),
    gaps: made.gaps,
    error: made.error,
  };
}

function toManifestTrack({ stream, counts, frames, beforeStart, file }: StreamResult & { file: string | null }): ManifestTrack {
  const { track } = stream.source;
  return {
    trackId: track.trackId,
    participantId: track.participantId,
    participant: stream.label,
    role: track.role,
    kind: track.kind,
    codec: stream.codec,
    file,
    take: stream.takeIndex + 1,
    ssrc: track.ssrc,
    startMs: round(stream.startMs),
    arrivedAt: toInstant(stream.scan.first.arrivalMs),
    packets: { ...counts },
    frames,
    framesBeforeStart: beforeStart,
    sync: stream.clocks.every(({ clock }) => clock.source === 'reports') ? 'reports' : 'arrival',
    senderReports: stream.clocks.reduce((sum, { clock }) => sum + clock.reports, 0),
    clockStretches: stream.clocks.length,
    journalDamage: { ...stream.scan.damage },
  };
}
