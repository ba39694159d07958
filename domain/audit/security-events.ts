import { type Actor, type Clock, type Db, type Logger, toInstant, writeAudit } from '@qinqiao/server-kit';

export interface SecurityEvent {
  /** `session.open`, `session.refused`, `security.refused`, … */
  action: string;
  actor: Actor;
  /** What it was about: an endpoint, an account. */
  subject: { kind: string; id: string };
  detail?: Record<string, unknown>;
  address?: string;
}

export interface SecurityLimits {
  /** Of one actor or address, of one kind. */
  perSource: number;
  /** Of all together. */
  overall: number;
  windowMs: number;
}

const LIMITS: SecurityLimits = { perSource: 10, overall: 300, windowMs: 60_000 };
export const NOBODY: Actor = { role: 'system', id: 'anonymous', name: '未登录' };

/**
 * Audits what was refused, so that attempts are seen: but only so many a minute from one source and in all, that a flood of them cannot
 * fill the disk. What is left out is counted and written with the next event, or by `flush`.
 */
export class SecurityEvents {
  readonly #deps: { db: Db; clock: Clock; log: Logger };
  readonly #limits: SecurityLimits;
  #timer: NodeJS.Timeout | null = null;
  #window = { since: 0, all: 0, bySource: new Map<string, number>(), left: 0 };

  constructor(deps: { db: Db; clock: Clock; log: Logger }, limits: Partial<SecurityLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Records a refusal. Never throws: what was refused stays refused, and a trail that cannot be written is logged. */
  async record(event: SecurityEvent): Promise<void> {
    try {
      await this.#begin();
      if (!this.#take(event)) return;
      await writeAudit(this.#deps.db, { at: toInstant(this.#deps.clock.now()), ...event });
    } catch (err) {
      this.#deps.log.error({ err, action: event.action }, 'a security event could not be audited');
    }
  }

  /** Opens a new window when the last is over, and writes how many events that one left out. */
  async #begin(): Promise<void> {
    const now = this.#deps.clock.now().getTime();
    if (now - this.#window.since < this.#limits.windowMs) return;
    const { left } = this.#window;
    this.#window = { since: now, all: 0, bySource: new Map(), left: 0 };
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (left > 0) await this.#suppressed(left);
  }

  #take({ action, actor, address = '' }: SecurityEvent): boolean {
    const window = this.#window;
    const source = `${action} ${actor.id} ${actor.id === NOBODY.id ? address : ''}`;
    const seen = window.bySource.get(source) ?? 0;
    if (seen >= this.#limits.perSource || window.all >= this.#limits.overall) {
      window.left++;
      this.#timer ??= setTimeout(() => void this.flush(), this.#limits.windowMs).unref();
      return false;
    }
    window.bySource.set(source, seen + 1);
    window.all++;
    return true;
  }

  /** Writes what was left out so far; done by itself when the flood is over. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { left } = this.#window;
    this.#window.left = 0;
    if (left > 0) await this.#suppressed(left).catch((err: unknown) => this.#deps.log.error({ err }, 'security events'));
  }

  #suppressed(left: number): Promise<void> {
    const at = toInstant(this.#deps.clock.now());
    return writeAudit(this.#deps.db, {
      at,
      actor: { role: 'system', id: 'system', name: '系统' },
      action: 'security.suppressed',
      subject: { kind: 'security', id: 'refusals' },
      detail: { left },
    });
  }
}
