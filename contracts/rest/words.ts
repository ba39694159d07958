import { z } from 'zod';
import { Word, WordInput } from '../words.ts';
import { Empty, list, OFFICER, Page, type RestEndpoint } from './endpoint.ts';

/** The list of sensitive words. */
export const wordRest = {
  listWords: { method: 'get', path: '/api/words', roles: OFFICER, permission: 'word.read', query: Page, response: list(Word) },
  addWord: { method: 'post', path: '/api/words', roles: OFFICER, permission: 'word.edit', body: WordInput, response: Word },
  deleteWord: {
    method: 'delete',
    path: '/api/words/:id',
    roles: OFFICER,
    permission: 'word.edit',
    params: z.object({ id: z.string().min(1).max(32) }),
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
