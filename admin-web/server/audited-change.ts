import { type Clock, type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { RequestContext } from './context.ts';

/** What a change did, for the one who asked and for the audit trail. */
export interface Change<Answer> {
  answer: Answer;
  subject: { kind: string; id: string };
  detail: Record<string, unknown>;
}

/** Makes an officer's change and its audit record in one transaction of the store as he sees it: neither is there without the other. */
export const auditedChange =
  (clock: Clock) =>
  <Answer>(request: Pick<RequestContext, 'db' | 'officer'>, action: string, run: (trx: Db) => Promise<Change<Answer>>): Promise<Answer> =>
    request.db.transaction().execute(async (trx) => {
      const { answer, subject, detail } = await run(trx);
      await writeAudit(trx, { at: toInstant(clock.now()), actor: officerActor(request), action, subject, detail });
      return answer;
    });
