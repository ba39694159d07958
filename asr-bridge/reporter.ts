import type { CallId, LinkEventName, linkEvents, TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { type Clock, type Link, toInstant } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { HealthNote } from './call-tap.ts';
import type { SpeechEngine } from './engine/port.ts';

type Payload<Name extends LinkEventName> = z.input<(typeof linkEvents)[Name]>;

const MAX_UNTOLD = 500;

/** Tells signaling what is heard and how the service is. What must not be missed waits while the link is down. */
export class Reporter {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #engine: () => SpeechEngine | null;
  readonly #untold: (() => void)[] = [];

  /** `engine`: the one that calls are heard by now. */
  constructor(options: { link: Link; clock: Clock; engine: () => SpeechEngine | null }) {
    this.#link = options.link;
    this.#clock = options.clock;
    this.#engine = options.engine;
  }

  /** Provisional text is told only now: when the link is back it is old. */
  segment(segment: TranscriptSegment): void {
    if (segment.final) this.#tell('speech:segment', segment);
    else this.#link.emit('speech:segment', segment);
  }

  alert(alert: WordAlert): void {
    this.#tell('speech:alert', alert);
  }

  call(callId: CallId, note: HealthNote): void {
    this.#link.emit('service:call', { callId, ...note, at: toInstant(this.#clock.now()) });
  }

  service(note: HealthNote): void {
    const now = this.#engine();
    const engine = { engine: now?.name ?? null, trial: now?.trial ?? false };
    this.#link.emit('service:health', { ...note, ...engine, freeBytes: null, at: toInstant(this.#clock.now()) });
  }

  /** Tells what has waited. To be called about once a second. */
  catchUp(): void {
    if (this.#link.connected) for (const tell of this.#untold.splice(0)) tell();
  }

  #tell<Name extends LinkEventName>(name: Name, payload: Payload<Name>): void {
    if (this.#link.connected) return this.#link.emit(name, payload);
    this.#untold.push(() => this.#link.emit(name, payload));
    if (this.#untold.length > MAX_UNTOLD) this.#untold.shift();
  }
}
