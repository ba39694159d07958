import { WordCountQuery, WordCounts } from '../word-statistics.ts';
import { Empty, OFFICER, type RestEndpoint } from './endpoint.ts';

/** Figures of sensitive words, of the conversations that the officer sees. */
export const wordStatisticsRest = {
  countWords: {
    method: 'get',
    path: '/api/words/statistics',
    roles: OFFICER,
    permission: 'word.statistics',
    query: WordCountQuery,
    response: WordCounts,
  },
  exportWordCounts: {
    method: 'get',
    path: '/api/words/statistics.xlsx',
    roles: OFFICER,
    permission: 'word.statistics',
    reauth: true,
    file: 'out',
    query: WordCountQuery,
    response: Empty,
  },
} as const satisfies Record<string, RestEndpoint>;
