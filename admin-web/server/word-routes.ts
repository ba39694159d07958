import { addWord, deleteWord, listWords } from '@qinqiao/domain/words';
import { type Actor, toInstant, writeAudit } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

/** The list of sensitive words. Each change is audited in the transaction that makes it. */
export function wordRoutes({ db, clock }: ServerDeps): Pick<RestHandlers, 'listWords' | 'addWord' | 'deleteWord'> {
  const audit = (trx: typeof db, actor: Actor, action: string, id: string, detail: Record<string, unknown>) =>
    writeAudit(trx, { at: toInstant(clock.now()), actor, action, subject: { kind: 'word', id }, detail });
  return {
    listWords: async ({ query }) => listWords(db, { limit: query.limit, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) }),
    addWord: async ({ who, body }) => {
      const officer = await requireOfficer(db, who);
      return db.transaction().execute(async (trx) => {
        const word = await addWord(trx, body, clock);
        await audit(trx, { role: 'officer', id: officer.id, name: officer.name }, 'word.add', word.id, { ...word });
        return word;
      });
    },
    deleteWord: async ({ who, params }) => {
      const officer = await requireOfficer(db, who);
      await db.transaction().execute(async (trx) => {
        await deleteWord(trx, params.id);
        await audit(trx, { role: 'officer', id: officer.id, name: officer.name }, 'word.delete', params.id, {});
      });
      return {};
    },
  };
}
