import type { TranscriptSegment } from '@qinqiao/contracts';

/** The line that is being spoken at `ms` of the call; null in silence longer than a second. */
export function segmentAt(segments: readonly TranscriptSegment[], ms: number): TranscriptSegment | null {
  let found: TranscriptSegment | null = null;
  for (const segment of segments) if (segment.startMs <= ms && ms <= segment.endMs + 1000) found = segment;
  return found;
}

/** Where a millisecond of the call lies in a file, in seconds; never before its beginning or after its end. */
export function fileTime(atMs: number, file: { startMs: number; durationS: number }): number {
  return Math.min(Math.max(0, (atMs - file.startMs) / 1000), file.durationS);
}
