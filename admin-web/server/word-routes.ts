import { QinqiaoError, type Word } from '@qinqiao/contracts';
import {
  addWord,
  deleteWord,
  type Editor,
  editWord,
  getLanguagePolicy,
  isForeign,
  type JudgedHit,
  listWords,
  saveLanguagePolicy,
} from '@qinqiao/domain/words';
import { dayOf } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { wordListsOf } from './word-lists.ts';

type Routes = 'listWords' | 'addWord' | 'editWord' | 'deleteWord' | 'tryWords' | 'getLanguagePolicy' | 'saveLanguagePolicy';
const ALL_PRISONS = 'all';

/** The list of sensitive words. Whose word may be seen and edited is asked with each query. Each change is audited in its transaction. */
export function wordRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { clock } = deps;
  const change = auditedChange(clock);
  const lists = wordListsOf(deps);
  return {
    listWords: ({ db, query, officer }) => listWords(db, requireOfficer({ officer }).seen, query, dayOf(clock.now())),
    addWord: (request) =>
      change(request, 'word.add', async (trx) => {
        const after = await addWord(trx, request.body, clock, editorOf(request));
        return { answer: after, subject: { kind: 'word', id: after.id }, detail: { after } };
      }),
    editWord: (request) =>
      change(request, 'word.edit', async (trx) => {
        const { before, after } = await editWord(trx, request.params.id, request.body, clock, editorOf(request));
        return { answer: after, subject: { kind: 'word', id: after.id }, detail: changed(before, after) };
      }),
    deleteWord: (request) =>
      change(request, 'word.delete', async (trx) => {
        const before = await deleteWord(trx, request.params.id, editorOf(request));
        return { answer: {}, subject: { kind: 'word', id: before.id }, detail: { before } };
      }),
    tryWords: async (request) => {
      const { prisonId, text } = request.body;
      assertSees(request, prisonId);
      await lists.refresh();
      const { matcher, expectedLanguages } = lists.lookFor(prisonId);
      return { finds: matcher.explain(text).map(viewFind), foreign: isForeign(text, expectedLanguages), words: matcher.size };
    },
    getLanguagePolicy: async (request) => {
      const { prisonId } = request.query;
      assertSees(request, prisonId);
      return getLanguagePolicy(request.db, prisonId === ALL_PRISONS ? null : prisonId);
    },
    saveLanguagePolicy: (request) =>
      change(request, 'word.languages', async (trx) => {
        const { prisonId, languages, version } = request.body;
        const { seen, name } = requireOfficer(request);
        if (!seen.all && !seen.prisons.includes(prisonId)) throw new QinqiaoError('out_of_scope');
        const place = prisonId === ALL_PRISONS ? null : prisonId;
        const { before, after } = await saveLanguagePolicy(trx, place, { languages, version }, { clock, name });
        return { answer: after, subject: { kind: 'prison', id: prisonId }, detail: { before: before.languages, after: after.languages } };
      }),
  };
}

const editorOf = (request: Pick<RequestContext, 'officer'>): Editor => {
  const { seen, name } = requireOfficer(request);
  return { seen, name };
};

/** Throws `out_of_scope` for a prison of which the officer sees nothing. */
function assertSees(request: Pick<RequestContext, 'officer'>, prisonId: string): void {
  const { seen } = requireOfficer(request);
  if (prisonId !== ALL_PRISONS && !seen.all && ![...seen.prisons, ...seen.partly].includes(prisonId))
    throw new QinqiaoError('out_of_scope');
}

/** The fields that differ. */
function changed(before: Word, after: Word): { before: Partial<Word>; after: Partial<Word> } {
  const keys = (Object.keys(after) as (keyof Word)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const pick = (word: Word) => Object.fromEntries(keys.map((key) => [key, word[key]]));
  return { before: pick(before), after: pick(after) };
}

const viewFind = ({ word, level, match, offset, length, verdict, rule }: JudgedHit) => ({
  wordId: word.id,
  word: word.word,
  category: word.category ?? '',
  note: word.note,
  level,
  match,
  offset,
  length,
  // A whole text is final: nothing in it is open.
  verdict: verdict === 'open' ? ('hit' as const) : verdict,
  rule,
});
