import type { AttentionReason } from '@qinqiao/contracts';
import type { ConversationTables } from './migrations.ts';

type Row = ConversationTables['conversations'];
type Asked = Pick<Row, 'attention_found' | 'has_abnormal' | 'attention_off'>;

const listOf = (text: string) => (text === '' ? [] : (text.split(',') as AttentionReason[]));

/** Why a conversation needs attention, whether or not an officer has taken that off. */
export const attentionReasons = ({ attention_found, has_abnormal }: Omit<Asked, 'attention_off'>): AttentionReason[] => [
  ...listOf(attention_found),
  ...(has_abnormal === 1 ? (['abnormal'] as const) : []),
];

/** Whether it is filed under needing attention: taking it off counts for the reasons of then, another one files it anew. */
export function needsAttention(row: Asked): 0 | 1 {
  const off = row.attention_off === null ? [] : listOf(row.attention_off);
  return attentionReasons(row).some((reason) => !off.includes(reason)) ? 1 : 0;
}
