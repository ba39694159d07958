import { Alert, Button } from 'antd';
import { useText } from '../i18n/index.ts';
import { type Work, WORKS } from './filter.ts';
import { useWorkload } from './use-workload.ts';

/** The server counts no further. */
const MOST_COUNTED = 1000;

/** What is to be done, by whom; each count is a filter. */
export function WorkloadSummary({ onShow, onAttention }: { onShow: (work: (typeof WORKS)[Work]) => void; onAttention: () => void }) {
  const t = useText();
  const { data } = useWorkload();
  if (!data) return null;
  const { mine, all } = data;
  const counts = [
    { key: 'mine', value: mine.open, work: 'me', bad: false },
    { key: 'overdue', value: mine.overdue, work: 'me', bad: mine.overdue > 0 },
    { key: 'today', value: mine.today, work: 'me', bad: false },
    { key: 'second', value: mine.second, work: 'mySecond', bad: false },
    { key: 'nobody', value: all.nobody, work: 'nobody', bad: false },
    { key: 'allOpen', value: all.open, work: null, bad: false },
    { key: 'allOverdue', value: all.overdue, work: 'overdue', bad: all.overdue > 0 },
  ] as const;
  const attention = all.attention >= MOST_COUNTED ? `${MOST_COUNTED}+` : String(all.attention);
  return (
    <>
      {mine.overdue > 0 && (
        <Alert
          type="warning"
          showIcon
          className="workload-late"
          title={t('relistening.summary.late', { count: mine.overdue })}
          data-testid="workload-late"
          action={
            <Button size="small" onClick={() => onShow(WORKS.me)}>
              {t('relistening.summary.show')}
            </Button>
          }
        />
      )}
      <div className="workload panel" data-testid="workload">
        {counts.map(({ key, value, work, bad }) => (
          <button
            key={key}
            type="button"
            disabled={work === null}
            onClick={() => work && onShow(WORKS[work])}
            data-testid={`workload-${key}`}
            data-count={value}
          >
            <b className={bad ? 'digits is-overdue' : 'digits'}>{value}</b>
            <small className="muted">{t(`relistening.summary.${key}`)}</small>
          </button>
        ))}
        <button type="button" onClick={() => onAttention()} data-testid="workload-attention" data-count={all.attention}>
          <b className="digits">{attention}</b>
          <small className="muted">{t('transcripts.attention.open')}</small>
        </button>
      </div>
    </>
  );
}
