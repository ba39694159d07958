import { whole, type ParameterKind } from './kinds.ts';

/** What is made of transcripts. */
export const transcriptParameters = {
  'transcript.attentionLevel': {
    group: 'speech',
    permission: 'parameter.edit',
    ...whole(1, 3, 2),
    unit: null,
    zh: '需关注的敏感词等级',
    en: 'Level of words that need attention',
    help: {
      zh: '会话中出现该等级及以上的敏感词时归入“需关注”（1 提示，2 严重，3 最高）',
      en: 'Conversations in which words of this level or above were said are filed under “needing attention” (1 notice, 2 serious, 3 top)',
    },
  },
} as const satisfies Record<string, ParameterKind>;
