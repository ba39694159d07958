import type { MediaKind } from '@qinqiao/contracts';
import type { RecordingGap } from '@qinqiao/domain/recordings';

/** A stretch of the call that is recorded, and how it begins. */
export interface Covered {
  fromMs: number;
  toMs: number;
  /** Packets were lost just before it. */
  afterLoss: boolean;
}

/** Sound or picture that is missing for less is no gap by itself: senders pause in silence for 400 ms, cameras slow down in the dark. */
const GAP_MS = 1000;
/** … but where it is known that something is missing, even less is. */
const LOSS_GAP_MS = 200;

/** What came before a frame: nothing unusual, lost packets, or another stream (of another take, or of a sender that came back). */
export type Before = 'nothing' | 'loss' | 'stream';

/** Gathers what is recorded of one medium of one participant. */
export class Coverage {
  readonly #stretches: Covered[] = [];

  get stretches(): readonly Covered[] {
    return this.#stretches;
  }

  /** Frames come in order within one file; files of the same medium may follow one another or overlap. */
  add(fromMs: number, durationMs: number, before: Before): void {
    const last = this.#stretches.at(-1);
    const hole = fromMs - (last?.toMs ?? Number.NEGATIVE_INFINITY);
    const allowed = before === 'nothing' ? GAP_MS : LOSS_GAP_MS;
    if (last && hole >= -GAP_MS && hole <= allowed) last.toMs = Math.max(last.toMs, fromMs + durationMs);
    else this.#stretches.push({ fromMs, toMs: fromMs + durationMs, afterLoss: before === 'loss' });
  }

  /** The stretches of several files as one row. */
  static merge(coverages: readonly Coverage[]): Covered[] {
    const all = coverages.flatMap((coverage) => coverage.#stretches).sort((a, b) => a.fromMs - b.fromMs);
    const merged: Covered[] = [];
    for (const stretch of all) {
      const last = merged.at(-1);
      if (last && stretch.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, stretch.toMs);
      else merged.push({ ...stretch });
    }
    return merged;
  }
}

/** What is known to have gone wrong, in milliseconds of the call. */
export interface Incidents {
  /** No recorder was there. */
  restarts: { fromMs: number; toMs: number }[];
  /** Packets of this medium could not be written. */
  storage: { fromMs: number; toMs: number }[];
  /** The medium was still being sent when the recorder was lost for good; the call ended then. */
  lostUntilMs: number | null;
}

/** The gaps between the stretches of one medium, each with its cause. */
export function findGaps(participant: string, kind: MediaKind, covered: readonly Covered[], incidents: Incidents): RecordingGap[] {
  const holes = covered.slice(1).map((next, i) => ({ fromMs: covered[i]?.toMs ?? 0, toMs: next.fromMs, afterLoss: next.afterLoss }));
  const end = covered.at(-1)?.toMs;
  const { lostUntilMs } = incidents;
  if (end !== undefined && lostUntilMs !== null) holes.push({ fromMs: end, toMs: lostUntilMs, afterLoss: false });
  return holes
    .map((hole) => ({ participant, kind, fromMs: Math.round(hole.fromMs), toMs: Math.round(hole.toMs), cause: causeOf(hole, incidents) }))
    .filter(({ fromMs, toMs, cause }) => toMs - fromMs >= (cause === 'away' ? GAP_MS : LOSS_GAP_MS));
}

function causeOf(hole: Covered, incidents: Incidents): RecordingGap['cause'] {
  const meets = (incident: { fromMs: number; toMs: number }) => incident.fromMs < hole.toMs && incident.toMs > hole.fromMs;
  if (incidents.storage.some(meets)) return 'storage';
  if (incidents.restarts.some(meets)) return 'restart';
  return hole.afterLoss ? 'loss' : 'away';
}
