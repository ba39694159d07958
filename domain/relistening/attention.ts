import { QinqiaoError } from '@qinqiao/contracts';
import { attentionReasons } from '../conversations/index.ts';
import { work, type Working } from './work.ts';

/**
 * Takes a conversation off what needs attention, for the reasons it has now, or puts it back; why is kept in its history. Throws `wrong_state` when
 * there is nothing to take off or put back.
 */
export async function setAttention(
  working: Pick<Working, 'db' | 'clock' | 'actor'>,
  asked: { id: string; version: number; attention: boolean; reason: string },
): Promise<void> {
  const { attention, reason } = asked;
  await work(working, asked, (row) => {
    const reasons = attentionReasons(row);
    if ((row.attention === 1) === attention || reasons.length === 0) throw new QinqiaoError('wrong_state');
    return Promise.resolve({
      change: { attention_off: attention ? null : reasons.join(',') },
      event: { kind: attention ? 'attention_on' : 'attention_off', reason },
      audit: 'conversation.attention',
    });
  });
}
