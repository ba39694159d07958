import { type CallId, type Notice, PRESET_MESSAGES, type WordAlert } from '@qinqiao/contracts';
import { type Session, storeNotice } from '@qinqiao/domain/calls';
import { readParameter } from '@qinqiao/domain/settings';
import { type Db, newId, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import type { Happening } from './call-deps.ts';

/** What an alert may do to its call. */
interface AlertedCall {
  session: Session;
  apply(happening: Happening): Promise<void>;
  toAll(notice: Notice): void;
}

/** The parties are reminded no more often. */
const NOTICE_EVERY_MS = 30_000;

/** By the site's policy, an alert of a sensitive word reminds both parties or holds the call; each alert does so once. */
export class WordAlertPolicy {
  readonly #acted = new Set<string>();
  #noticedAt = Number.NEGATIVE_INFINITY;

  /** Whether this alert is news: the same one comes again when the final text confirms it. */
  concerns({ id, state }: WordAlert): boolean {
    return state !== 'unconfirmed' && !this.#acted.has(id);
  }

  async act(db: Db, call: AlertedCall, { id, callId, level }: WordAlert, at: string): Promise<void> {
    if (this.#acted.has(id)) return;
    this.#acted.add(id);
    const [noticeLevel, holdLevel] = await Promise.all([readParameter(db, 'alert.noticeLevel'), readParameter(db, 'alert.holdLevel')]);
    // Held as if an officer had done it: whoever watches resumes it with the same button.
    const mayHold = call.session.state === 'live' && !call.session.holds.includes('officer');
    if (mayHold && reaches(level, holdLevel)) await call.apply({ type: 'held', cause: 'officer' });
    if (reaches(level, noticeLevel)) await this.#remind(db, call, callId, at);
  }

  async #remind(db: Db, call: AlertedCall, callId: CallId, at: string): Promise<void> {
    const now = Date.parse(at);
    if (now - this.#noticedAt < NOTICE_EVERY_MS) return;
    this.#noticedAt = now;
    const notice: Notice = { id: newId(), at, text: `系统提示：${PRESET_MESSAGES['civil']?.zh ?? ''}` };
    await storeNotice(db, callId, notice, SYSTEM_ACTOR);
    call.toAll(notice);
  }
}

/** 0: the policy is off. */
const reaches = (level: number, least: number) => least > 0 && level >= least;
