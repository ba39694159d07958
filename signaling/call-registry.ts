import { type CallId, QinqiaoError } from '@qinqiao/contracts';
import { type ActiveCall, findCall, listActiveCalls, OPENS_BEFORE_MS } from '@qinqiao/domain/calls';
import { toInstant } from '@qinqiao/server-kit';
import type { LiveCallDeps } from './call-deps.ts';
import { LiveCall } from './live-call.ts';

const TICK_MS = 500;
const CLOCK_EVERY_TICKS = 10;

/** The calls that somebody has to look after now: from shortly before their waiting room opens to their end. */
export class CallRegistry {
  readonly #deps: LiveCallDeps;
  readonly #calls = new Map<CallId, Promise<LiveCall>>();
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #ticking: Promise<void> = Promise.resolve();

  constructor(deps: LiveCallDeps) {
    this.#deps = deps;
  }

  /** Takes up the calls that a former run left, then keeps time. */
  async start(): Promise<void> {
    for (const { id } of await this.#due()) {
      const call = await this.get(id);
      await call.recover();
    }
    const tick = async () => {
      this.#ticking = this.#tick();
      await this.#ticking.catch((error: unknown) => this.#deps.log.error({ err: error }, 'tick failed'));
      if (this.#timer) this.#timer = setTimeout(() => void tick(), TICK_MS);
    };
    this.#timer = setTimeout(() => void tick(), 0);
  }

  /** The running call. Throws `not_found`. */
  get(id: CallId): Promise<LiveCall> {
    const known = this.#calls.get(id);
    if (known) return known;
    const loading = this.#load(id);
    this.#calls.set(id, loading);
    loading.catch(() => this.#calls.delete(id));
    return loading;
  }

  async all(): Promise<LiveCall[]> {
    const settled = await Promise.allSettled(this.#calls.values());
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  async forEach(act: (call: LiveCall) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled((await this.all()).map(act));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') this.#deps.log.error({ err: outcome.reason as unknown }, 'call could not be tended');
    }
  }

  async stop(how: 'end' | 'keep'): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#ticking.catch(() => undefined);
    await this.forEach((call) => (how === 'end' ? call.shutDown() : call.release()));
  }

  async #load(id: CallId): Promise<LiveCall> {
    const record = await findCall(this.#deps.db, id);
    if (!record) throw new QinqiaoError('not_found');
    return new LiveCall(record, this.#deps);
  }

  #due(): Promise<ActiveCall[]> {
    const soon = this.#deps.clock.now().getTime() + OPENS_BEFORE_MS;
    return listActiveCalls(this.#deps.db, toInstant(soon));
  }

  async #tick(): Promise<void> {
    this.#deps.hub.checkSilence(Date.now());
    for (const noted of await this.#due()) await (await this.get(noted.id)).takeNote(noted);
    await this.forEach((call) => call.tick());
    if (++this.#ticks % CLOCK_EVERY_TICKS === 0) for (const call of await this.all()) call.pushClock();
    for (const call of await this.all()) if (call.ended) this.#calls.delete(call.id);
  }
}
