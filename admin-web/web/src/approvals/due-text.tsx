import type { TaskView } from '@qinqiao/contracts';
import { Tag, Tooltip } from 'antd';
import dayjs from 'dayjs';
import relativeTime from 'dayjs/plugin/relativeTime';
import { momentOf } from '../components/format.ts';
import { useEffect, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';

dayjs.extend(relativeTime);
const HOUR = 3_600_000;

/** The time, as it was within the last half minute. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** How much time is left, and that there is little of it or none. */
export function DueText({ dueAt, openedAt, lateHours = 24 }: Pick<TaskView, 'dueAt' | 'openedAt'> & { lateHours?: number }) {
  const t = useText();
  const language = useLanguage();
  const now = useNow();
  if (dueAt) {
    const left = Date.parse(dueAt) - now;
    const colour = left < 0 ? 'error' : left < 2 * HOUR ? 'warning' : 'default';
    const time = dayjs(dueAt)
      .locale(language === 'zh' ? 'zh-cn' : 'en')
      .fromNow(true);
    return (
      <Tooltip title={momentOf(dueAt)}>
        <Tag color={colour}>{left < 0 ? t('approvals.todo.overdue') : t('approvals.todo.remaining', { time })}</Tag>
      </Tooltip>
    );
  }
  const waits = openedAt !== null && now - Date.parse(openedAt) > lateHours * HOUR;
  return waits ? <Tag color="warning">{t('approvals.todo.waiting')}</Tag> : <span className="muted">{t('common.none')}</span>;
}
