import { type MaskReport, QinqiaoError } from '@qinqiao/contracts';

/** A tablet speaks when something changes, and every few seconds; more than this is not a tablet of ours. */
const REPORTS = 20;
const WITHIN_MS = 10_000;

/** What the inmate's tablet says of its mask, for the officers of one call. It is the tablet's word only: the server looks for itself. */
export class MaskWatch {
  readonly #now: () => number;
  readonly #tell: (report: MaskReport) => void;
  #last: MaskReport | null = null;
  #heard: number[] = [];

  constructor(now: () => number, tell: (report: MaskReport) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  get last(): MaskReport | null {
    return this.#last;
  }

  /** Throws `too_many_requests`. */
  take(report: MaskReport): void {
    const now = this.#now();
    this.#heard = this.#heard.filter((at) => at > now - WITHIN_MS);
    if (this.#heard.length >= REPORTS) throw new QinqiaoError('too_many_requests');
    this.#heard.push(now);
    this.#last = report;
    this.#tell(report);
  }

  /** The tablet has gone: what it said last does not hold any more. */
  forget(): void {
    this.#last = null;
  }
}
