import { addWord, deleteWord, listWords } from '@qinqiao/domain/words';
import { type Actor, type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

/** The list of sensitive words. Each change is audited in the transaction that makes it. */
export function wordRoutes({ clock }: ServerDeps): Pick<RestHandlers, 'listWords' | 'addWord' | 'deleteWord'> {
  const audit = (trx: Db, actor: Actor, action: string, id: string, detail: Record<string, unknown>) =>
    writeAudit(trx, { at: toInstant(clock.now()), actor, action, subject: { kind: 'word', id }, detail });
  return {
    listWords: async ({ db, query }) =>
      listWords(db, { limit: query.limit, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) }),
    addWord: async ({ db, officer, body }) => {
      const actor = officerActor({ officer });
      return db.transaction().execute(async (trx) => {
        const word = await addWord(trx, body, clock);
        await audit(trx, actor, 'word.add', word.id, { ...word });
        return word;
      });
    },
    deleteWord: async ({ db, officer, params }) => {
      const actor = officerActor({ officer });
      await db.transaction().execute(async (trx) => {
        await deleteWord(trx, params.id);
        await audit(trx, actor, 'word.delete', params.id, {});
      });
      return {};
    },
  };
}
