import { z } from 'zod';
import { LanguagePolicy, Word, WordFind, WordInput, WordLevel, WordState, WordView } from '../words.ts';
import { Empty, list, OFFICER, Page, type RestEndpoint, SearchText, Version } from './endpoint.ts';

const Params = z.object({ id: z.string().min(1).max(32) });
const PrisonId = z.string().min(1).max(32);

export const WordQuery = z.object({
  /** A part of the word or its explanation, or the word in another spelling. */
  text: SearchText.optional(),
  category: z.string().max(32).optional(),
  level: z.coerce.number().pipe(WordLevel).optional(),
  state: WordState.optional(),
  /** Looked for in this prison (so also in all); `all`: only what is looked for in all prisons. */
  prisonId: PrisonId.optional(),
});
export const LONGEST_TRIAL = 5000;

/** The list of sensitive words. Officers see the words of all prisons and of their own, and edit those of prisons they see as a whole. */
export const wordRest = {
  listWords: {
    method: 'get',
    path: '/api/words',
    roles: OFFICER,
    permission: 'word.read',
    query: Page.extend(WordQuery.shape),
    response: list(WordView),
  },
  addWord: {
    method: 'post',
    path: '/api/words',
    roles: OFFICER,
    permission: 'word.edit',
    idempotent: true,
    body: WordInput,
    response: Word,
  },
  /** What this text would hit in a prison now, and what rules keep from being a hit. */
  tryWords: {
    method: 'post',
    path: '/api/words/try',
    roles: OFFICER,
    permission: 'word.read',
    body: z.object({ prisonId: PrisonId, text: z.string().min(1).max(LONGEST_TRIAL) }),
    response: z.object({
      finds: z.array(WordFind),
      /** Whether the text counts as being in a language that is not expected there. */
      foreign: z.boolean(),
      /** How many words are looked for there now. */
      words: z.number().int().nonnegative(),
    }),
  },
  /** `prisonId` all: what counts in prisons that have set nothing. */
  getLanguagePolicy: {
    method: 'get',
    path: '/api/words/languages',
    roles: OFFICER,
    permission: 'word.read',
    query: z.object({ prisonId: PrisonId }),
    response: LanguagePolicy,
  },
  saveLanguagePolicy: {
    method: 'put',
    path: '/api/words/languages',
    roles: OFFICER,
    permission: 'word.edit',
    body: LanguagePolicy.extend({ prisonId: PrisonId }),
    response: LanguagePolicy,
  },
  editWord: {
    method: 'put',
    path: '/api/words/:id',
    roles: OFFICER,
    permission: 'word.edit',
    params: Params,
    body: WordInput.and(z.object({ version: Version })),
    response: Word,
  },
  deleteWord: { method: 'delete', path: '/api/words/:id', roles: OFFICER, permission: 'word.edit', params: Params, response: Empty },
} as const satisfies Record<string, RestEndpoint>;
