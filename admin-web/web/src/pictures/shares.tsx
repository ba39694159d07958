import { type PictureWarningCount, PictureWarningKind } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Table, type TableColumnsType } from 'antd';
import { dayOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { KindName } from './tags.tsx';

const MONTHS = 6;

/** How many of the judged warnings were wrong, by month and kind. */
export function Shares() {
  const t = useText();
  const months = lastMonths();
  const query = { from: months.at(-1) ?? '', to: months[0] ?? '' };
  const { data, isPending } = useQuery({ queryKey: ['picture-shares', query], queryFn: () => api.countPictureWarnings({ query }) });
  const counts = data?.items ?? [];
  const rows = months.filter((month) => counts.some((count) => count.month === month)).map((month) => ({ month }));
  const columns: TableColumnsType<{ month: string }> = [
    { title: t('pictures.month'), dataIndex: 'month', width: 110, render: (month: string) => <span className="digits">{month}</span> },
    ...PictureWarningKind.options.map((kind) => ({
      title: <KindName kind={kind} />,
      key: kind,
      render: (_: unknown, { month }: { month: string }) => (
        <Share count={counts.find((count) => count.month === month && count.kind === kind)} />
      ),
    })),
  ];
  if (!isPending && rows.length === 0) return null;
  return (
    <section className="panel picture-shares" data-testid="picture-shares">
      <header>
        <h2>{t('pictures.shares')}</h2>
        <span className="muted">{t('pictures.sharesHint')}</span>
      </header>
      <Table size="small" rowKey="month" columns={columns} dataSource={rows} loading={isPending} pagination={false} />
    </section>
  );
}

function Share({ count }: { count: PictureWarningCount | undefined }) {
  const t = useText();
  if (!count) return <span className="muted">—</span>;
  const { right, wrong, open } = count;
  const judged = right + wrong;
  return (
    <span data-testid="share" data-wrong={wrong} data-judged={judged}>
      {judged > 0 && (
        <>
          <b className="digits">{Math.round((wrong / judged) * 100)} %</b>{' '}
          <small className="muted">{t('pictures.count', { wrong, judged })}</small>{' '}
        </>
      )}
      {open > 0 && (
        <small className="muted">{judged > 0 ? `· ${t('pictures.notJudged', { open })}` : t('pictures.notJudged', { open })}</small>
      )}
    </span>
  );
}

/** This month first, 2026-01. */
function lastMonths(): string[] {
  const [year = 0, month = 0] = dayOf(new Date().toISOString()).split('-').map(Number);
  return Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7));
}
