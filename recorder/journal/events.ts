import { readFile } from 'node:fs/promises';
import { CallId, Instant, SenderReport, TapTrack, TrackId } from '@qinqiao/contracts';

/** What happened during one take, one JSON line each; `atMs` is milliseconds since 1970 by the take's clock. */
export type TakeEvent = { atMs: number } & (
  | { type: 'open'; callId: CallId; epoch: Instant; owner: string; version: string }
  /** `file` is the journal of the packets that carry the track's ssrc. */
  | { type: 'track'; file: string; track: TapTrack }
  | { type: 'trackEnd'; trackId: TrackId }
  | { type: 'report'; report: SenderReport }
  /** Packets of `file` that were given up because they could not be written. */
  | { type: 'dropped'; file: string; fromMs: number; toMs: number; packets: number }
  | { type: 'stats'; streams: Record<string, { packets: number; bytes: number }>; strangers: number }
  /** closed: the call is over · suspended: this recorder stops, another one may go on. Without it the recorder was killed. */
  | { type: 'close'; cause: 'closed' | 'suspended' }
);

type Check = (line: Record<string, unknown>) => boolean;
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const checks: Record<TakeEvent['type'], Check> = {
  open: (line) => CallId.safeParse(line['callId']).success && Instant.safeParse(line['epoch']).success,
  track: (line) => typeof line['file'] === 'string' && TapTrack.safeParse(line['track']).success,
  trackEnd: (line) => TrackId.safeParse(line['trackId']).success,
  report: (line) => SenderReport.safeParse(line['report']).success,
  dropped: (line) => typeof line['file'] === 'string' && isNumber(line['fromMs']) && isNumber(line['toMs']),
  stats: () => true,
  close: (line) => line['cause'] === 'closed' || line['cause'] === 'suspended',
};

export const encodeEvent = (event: TakeEvent): Buffer => Buffer.from(`${JSON.stringify(event)}\n`);

/** Reads a take's events; lines that are cut short or damaged are left out. */
export async function readEvents(path: string): Promise<TakeEvent[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\n').flatMap((line) => {
    const event = parseLine(line);
    return event ? [event] : [];
  });
}

function parseLine(line: string): TakeEvent | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return null;
    const record = value as Record<string, unknown>;
    const check = checks[record['type'] as TakeEvent['type']] as Check | undefined;
    return check?.(record) && isNumber(record['atMs']) ? (value as TakeEvent) : null;
  } catch {
    return null;
  }
}
