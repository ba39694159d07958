import type { WordAlert } from '@qinqiao/contracts';
import type { WordHit } from './scan.ts';

/** An alert that is to be raised, or whose state has changed. */
export interface AlertDecision {
  segmentId: string;
  /** One per word that was spoken: segment, word and how many times it stood there before. */
  key: string;
  hit: WordHit;
  state: WordAlert['state'];
}

interface Sighting {
  hit: WordHit;
  segmentId: string;
  firstSeen: number;
  raised: boolean;
}

export const TOP_LEVEL = 3;
/** How long a word must stand in text that may still be revised: at 160 ms one of eight false alarms is left. */
export const REVISING_HOLD_MS = 160;

/**
 * Decides when a word seen in provisional text becomes an alert, for one channel. At once when the engine never takes text back or the
 * word is of the top level, else after it has stood for the hold time. The final text confirms an alert or leaves it unconfirmed;
 * no alert is taken back, and none is raised twice. Time is given by the caller, in milliseconds of any clock.
 */
export class AlertPolicy {
  readonly #options: { revising: boolean; holdMs?: number };
  /** Sightings of segments that are not final yet. */
  readonly #sightings = new Map<string, Sighting>();

  /** Looked at anew each time: a speaker's engine may change. */
  constructor(options: { revising: boolean; holdMs?: number }) {
    this.#options = options;
  }

  get #holdMs(): number {
    return this.#options.revising ? (this.#options.holdMs ?? REVISING_HOLD_MS) : 0;
  }

  /** When `due` has to be called next, or null. */
  get nextDue(): number | null {
    const waiting = [...this.#sightings.values()].filter(({ raised }) => !raised);
    return waiting.length === 0 ? null : Math.min(...waiting.map((sighting) => this.#dueAt(sighting)));
  }

  /** The segment's provisional text now holds these words. */
  provisional(segmentId: string, hits: readonly WordHit[], now: number): AlertDecision[] {
    const seen = new Set<string>();
    for (const hit of hits) {
      const key = keyOf(segmentId, hit);
      seen.add(key);
      const known = this.#sightings.get(key);
      if (known) known.hit = hit;
      else this.#sightings.set(key, { hit, segmentId, firstSeen: now, raised: false });
    }
    for (const [key, sighting] of this.#sightings) {
      if (sighting.segmentId === segmentId && !sighting.raised && !seen.has(key)) this.#sightings.delete(key);
    }
    return this.due(now);
  }

  /** The segment's final text holds these words and no others. */
  final(segmentId: string, hits: readonly WordHit[]): AlertDecision[] {
    const decisions = hits.map((hit): AlertDecision => ({ segmentId, key: keyOf(segmentId, hit), hit, state: 'confirmed' }));
    const confirmed = new Set(decisions.map(({ key }) => key));
    for (const [key, sighting] of this.#sightings) {
      if (sighting.segmentId !== segmentId) continue;
      this.#sightings.delete(key);
      if (sighting.raised && !confirmed.has(key)) decisions.push({ segmentId, key, hit: sighting.hit, state: 'unconfirmed' });
    }
    return decisions;
  }

  /** Alerts whose word has stood long enough by now. */
  due(now: number): AlertDecision[] {
    const decisions: AlertDecision[] = [];
    for (const [key, sighting] of this.#sightings) {
      if (sighting.raised || now < this.#dueAt(sighting)) continue;
      sighting.raised = true;
      decisions.push({ segmentId: sighting.segmentId, key, hit: sighting.hit, state: 'provisional' });
    }
    return decisions;
  }

  #dueAt({ hit, firstSeen }: Sighting): number {
    return hit.level >= TOP_LEVEL ? firstSeen : firstSeen + this.#holdMs;
  }
}

const keyOf = (segmentId: string, hit: WordHit) => `${segmentId}|${hit.word.id}|${hit.occurrence}`;
