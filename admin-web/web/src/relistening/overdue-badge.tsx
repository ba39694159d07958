import { Badge } from 'antd';
import { useText } from '../i18n/index.ts';
import { useWorkload } from './use-workload.ts';

/** How many conversations one should have listened to by now; nothing when there are none. */
export function OverdueBadge() {
  const t = useText();
  const { data } = useWorkload();
  const count = data?.mine.overdue ?? 0;
  if (count === 0) return null;
  return (
    <Badge count={count} overflowCount={99} size="small" title={t('relistening.summary.late', { count })} data-testid="overdue-badge" />
  );
}
