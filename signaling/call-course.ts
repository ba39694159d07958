import { type CallId, type CallView, QinqiaoError } from '@qinqiao/contracts';
import { applyEvent, type CallRecord, type Effect, findCall, type Session } from '@qinqiao/domain/calls';
import { type Actor, type Logger, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { Happening, LiveCallDeps } from './call-deps.ts';
import { viewOf } from './call-view.ts';

/** A call's session, and the line in which everything that changes it goes, one after the other (`serial`). */
export class CallCourse {
  readonly id: CallId;
  readonly log: Logger;
  #record: CallRecord;
  #session: Session;
  readonly #deps: Pick<LiveCallDeps, 'db' | 'clock'>;
  readonly #run: (effect: Effect) => Promise<void>;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(record: CallRecord, deps: Pick<LiveCallDeps, 'db' | 'clock' | 'log'>, run: (effect: Effect) => Promise<void>) {
    this.id = record.id;
    this.log = deps.log.child({ callId: record.id });
    this.#record = record;
    this.#session = record.session;
    this.#deps = deps;
    this.#run = run;
  }

  get record(): CallRecord {
    return this.#record;
  }

  get session(): Session {
    return this.#session;
  }

  get ended(): boolean {
    return this.#session.state === 'ended';
  }

  view(): CallView {
    return viewOf(this.#record, this.#session);
  }

  now(): string {
    return toInstant(this.#deps.clock.now());
  }

  /** Does this after everything that was asked for before. */
  serial<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(act);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Stores the event, then runs its effects. */
  async apply(happening: Happening, actor: Actor = SYSTEM_ACTOR): Promise<void> {
    const event = { ...happening, at: this.now() };
    const { session, effects } = await applyEvent(this.#deps.db, this.id, event, actor);
    this.#session = session;
    this.log.info({ event: event.type, state: session.state, actor: actor.id }, 'call event');
    for (const effect of effects) await this.#run(effect);
  }

  /** Reads anew what others have changed of the call. Answers false when it is not there any more. */
  async reread(): Promise<boolean> {
    const record = await findCall(this.#deps.db, this.id);
    if (record) this.#record = record;
    return record !== undefined;
  }

  /** Throws `call_ended`, `call_not_open`. */
  assertOpen(): void {
    if (this.ended) throw new QinqiaoError('call_ended');
    if (this.#session.state === 'scheduled') throw new QinqiaoError('call_not_open');
  }
}
