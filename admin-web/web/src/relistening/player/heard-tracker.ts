import type { HeardSpan, Stretch } from '@qinqiao/contracts';

/** A jump larger than this between two looks is a seek, not playing. */
const JUMP_MS = 1500;

/** Collects what was really played, from where the player is at each look. */
export class HeardTracker {
  #done: HeardSpan[] = [];
  #span: HeardSpan | null = null;

  /** The player is at `ms` now and has played on from the last look; `speed` is that of the stretch since then. */
  played(ms: number, speed: number): void {
    const span = this.#span;
    const at = Math.max(0, Math.round(ms));
    if (span && at >= span.toMs && at - span.toMs <= JUMP_MS * speed && span.speed === speed) {
      this.#span = { ...span, toMs: at };
      return;
    }
    this.stop();
    this.#span = { fromMs: at, toMs: at, speed, skipped: false };
  }

  /** The player stands, or goes elsewhere. */
  stop(): void {
    if (this.#span && this.#span.toMs > this.#span.fromMs) this.#done.push(this.#span);
    this.#span = null;
  }

  /** Silence was left out. */
  skipped({ fromMs, toMs }: Stretch): void {
    this.stop();
    this.#done.push({ fromMs: Math.round(fromMs), toMs: Math.round(toMs), speed: 1, skipped: true });
  }

  /** What is to be told, which is not told again; playing goes on from here. */
  take(): HeardSpan[] {
    const span = this.#span;
    this.stop();
    if (span) this.#span = { ...span, fromMs: span.toMs };
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** It could not be told: it is told with the next. */
  giveBack(spans: readonly HeardSpan[]): void {
    this.#done = [...spans, ...this.#done];
  }
}
