import { createHash } from 'node:crypto';
import type { CallId, ParticipantId, Speaker as SpeakerKind, TranscriptMark, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { type AlertDecision, AlertPolicy, isForeign, type TextScan, type WordMatcher } from '@qinqiao/domain/words';
import { type Clock, newId, toInstant } from '@qinqiao/server-kit';
import type { TrackAudio } from '../audio/track-audio.ts';
import type { PlacedText } from '../engine/feeder.ts';

export interface Speaker {
  callId: CallId;
  participantId: ParticipantId;
  speaker: SpeakerKind;
}

export interface SegmenterOptions {
  speaker: Speaker;
  engine: { name: string; trial: boolean; revising: boolean };
  audio: Pick<TrackAudio, 'callTime' | 'arrivals'>;
  /** The list of words as it is now. */
  matcher: () => WordMatcher;
  /** Languages that are expected as they are now; none: the language is not looked at. */
  expectedLanguages?: () => readonly string[];
  clock: Clock;
  onSegment(segment: TranscriptSegment): void;
  onAlert(alert: WordAlert): void;
}

/** The stretch that has provisional text. */
interface OpenSegment {
  segment: TranscriptSegment;
  placed: PlacedText;
  matcher: WordMatcher;
  scan: TextScan;
}

/** Makes one speaker's recognised text into segments of the transcript, and raises alerts of sensitive words in them. */
export class Segmenter {
  readonly #options: SegmenterOptions;
  readonly #policy: AlertPolicy;
  #open: OpenSegment | null = null;
  /** Alerts raised in the open stretch, by their key. */
  readonly #alerts = new Map<string, WordAlert>();
  #gap: TranscriptSegment | null = null;
  #dueTimer: NodeJS.Timeout | null = null;

  constructor(options: SegmenterOptions) {
    this.#options = options;
    this.#policy = new AlertPolicy(options.engine);
  }

  text(placed: PlacedText): void {
    if (!this.#open && placed.text === '') return;
    const open = this.#take(placed);
    this.#options.onSegment(open.segment);
    const hits = open.scan.update(placed.text, { final: placed.final });
    if (placed.final) this.#decide(open, this.#policy.final(open.segment.id, hits));
    else this.#decide(open, this.#policy.provisional(open.segment.id, hits, this.#now()));
    if (placed.final) this.#finish();
    this.#awaitDue();
  }

  /** The open stretch will not be finished: its text stays as it is, marked. */
  brokenOff(): void {
    const open = this.#open;
    if (!open) return;
    this.#options.onSegment({ ...open.segment, final: true, mark: 'cut' });
    // Nothing has confirmed what was heard in it.
    this.#decide(open, this.#policy.final(open.segment.id, []));
    this.#finish();
    this.#awaitDue();
  }

  /** Audio from one position to another was not recognised. Told again with the same beginning, it has grown. */
  gap(from: number, to: number): void {
    const { startMs, endMs } = this.#span(from, to);
    const grows = this.#gap !== null && this.#gap.startMs === startMs;
    this.#gap = this.#mark('gap', startMs, endMs, grows ? this.#gap?.id : undefined);
    this.#options.onSegment(this.#gap);
  }

  /** Audio from one position to another was recognised later than it was spoken. */
  outage(from: number, to: number): void {
    const { startMs, endMs } = this.#span(from, to);
    this.#options.onSegment(this.#mark('outage', startMs, endMs));
  }

  /** Nothing was heard between two milliseconds of the call. */
  unheard(startMs: number, endMs: number): void {
    this.#options.onSegment(this.#mark('gap', startMs, endMs));
  }

  #take(placed: PlacedText): OpenSegment {
    const matcher = this.#options.matcher();
    const before = this.#open;
    const scan = before?.matcher === matcher ? before.scan : matcher.scan();
    const { startMs, endMs } = this.#span(placed.start, placed.end);
    const parts = { startMs, endMs, text: placed.text, final: placed.final };
    const foreign = placed.final && isForeign(placed.text, this.#options.expectedLanguages?.() ?? []);
    const segment = { ...this.#segment(before?.segment.id, parts), ...(foreign ? { foreign } : {}) };
    this.#open = { segment, placed, matcher, scan };
    return this.#open;
  }

  #finish(): void {
    this.#open = null;
    this.#alerts.clear();
  }

  #decide(open: OpenSegment, decisions: readonly AlertDecision[]): void {
    for (const decision of decisions) {
      const alert = this.#alert(open, decision);
      this.#alerts.set(decision.key, alert);
      this.#options.onAlert(alert);
    }
  }

  #alert({ segment, placed }: OpenSegment, { key, hit, state }: AlertDecision): WordAlert {
    const raised = this.#alerts.get(key);
    const now = this.#now();
    const end = endOfHit(placed, hit.offset + hit.length);
    const heardAt = Math.min(this.#options.audio.arrivals.at(end), now);
    return {
      id: createHash('sha256').update(key).digest('hex').slice(0, 32),
      ...this.#options.speaker,
      segmentId: segment.id,
      word: hit.word.word,
      wordId: hit.word.id,
      category: hit.word.category ?? '',
      note: hit.word.note,
      match: hit.match,
      level: hit.level,
      offset: hit.offset,
      length: hit.length,
      atMs: Math.max(0, Math.round(this.#options.audio.callTime.endAt(end))),
      heardAt: raised?.heardAt ?? toInstant(heardAt),
      raisedAt: raised?.raisedAt ?? toInstant(now),
      state,
    };
  }

  /** Words that have to stand for a while are looked at again when they have. */
  #awaitDue(): void {
    if (this.#dueTimer) clearTimeout(this.#dueTimer);
    this.#dueTimer = null;
    const due = this.#policy.nextDue;
    if (due === null) return;
    this.#dueTimer = setTimeout(
      () => {
        if (this.#open) this.#decide(this.#open, this.#policy.due(this.#now()));
        this.#awaitDue();
      },
      Math.max(1, due - this.#now()),
    );
  }

  #span(from: number, to: number): { startMs: number; endMs: number } {
    const startMs = Math.max(0, Math.round(this.#options.audio.callTime.at(from)));
    return { startMs, endMs: Math.max(startMs, Math.round(this.#options.audio.callTime.endAt(to))) };
  }

  /** Says how long it is in a way that needs no language. */
  #mark(mark: TranscriptMark, startMs: number, endMs: number, id?: string): TranscriptSegment {
    const text = `[… ${((endMs - startMs) / 1000).toFixed(1)} s …]`;
    return { ...this.#segment(id, { startMs, endMs, text, final: true }), mark };
  }

  #segment(id: string | undefined, parts: Pick<TranscriptSegment, 'startMs' | 'endMs' | 'text' | 'final'>): TranscriptSegment {
    const { name, trial } = this.#options.engine;
    return { id: id ?? newId(this.#now()), ...this.#options.speaker, ...parts, engine: name, trial };
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

/** Position at which the text up to `offset` had been spoken; where the engine does not say, by its share of the text. */
function endOfHit(placed: PlacedText, offset: number): number {
  const span = placed.spans.find((candidate) => candidate.offset + candidate.length >= offset);
  if (span) return span.end;
  return Math.round(placed.start + (placed.end - placed.start) * Math.min(1, offset / Math.max(1, placed.text.length)));
}
