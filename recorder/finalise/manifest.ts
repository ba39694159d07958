import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CallId, Instant, MediaKind, Role } from '@qinqiao/contracts';
import type { FinishedFile, RecordingGap } from '@qinqiao/domain/recordings';
import type { OrderCounts } from '@qinqiao/server-kit/rtp';
import { syncPath } from './checks.ts';

export const MANIFEST = 'manifest.json';

/** One track as it was received in one take. */
export interface ManifestTrack {
  trackId: string;
  participantId: string;
  participant: string;
  role: Role;
  kind: MediaKind;
  codec: string;
  /** The file its frames are in; null when none could be shown. */
  file: string | null;
  /** Number of the take, from 1. */
  take: number;
  ssrc: number;
  /** Millisecond of the call of its first packet. */
  startMs: number;
  /** Instant of its first packet's arrival. */
  arrivedAt: Instant;
  packets: OrderCounts;
  frames: number;
  /** Frames from before second 0 of the call. */
  framesBeforeStart: number;
  /** reports: synchronised by the sender's reports (RFC 3550, 6.4.1) over the whole track · arrival: by the packets' arrival alone */
  sync: 'reports' | 'arrival';
  senderReports: number;
  /** Stretches between which the sender's RTP clock jumped. */
  clockStretches: number;
  journalDamage: { skippedBytes: number; torn: boolean; missingBlocks: number };
}

/** What a call's recording consists of; `manifest.json` beside its files. All milliseconds count from `epoch`. */
export interface Manifest {
  format: 'qinqiao-recording-1';
  software: string;
  callId: CallId;
  epoch: Instant;
  finishedAt: Instant;
  durationMs: number;
  /** Recorders that took the call, one after the other. */
  takes: { openedAt: Instant; closedAt: Instant | null }[];
  files: FinishedFile[];
  tracks: ManifestTrack[];
  gaps: RecordingGap[];
  /** Why something is missing; null when nothing is. */
  error: string | null;
}

/** Writes the manifest so that a reader finds either the old or the whole new one. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncPath(dirname(path));
}
