import { DownloadOutlined } from '@ant-design/icons';
import { type RelisteningCount, StatisticsBy } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Segmented, Table, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './relistening.css';

const DAYS = 30;
const MOST_DAYS = 92;
const day = (date: dayjs.Dayjs) => date.format('YYYY-MM-DD');

/** How re-listening stands, by prison, ward, officer or day. */
export function StatisticsPage() {
  const t = useText();
  const { busy, act } = useAct();
  const [by, setBy] = useState<StatisticsBy>('officer');
  const [days, setDays] = useState(() => ({ from: day(dayjs().subtract(DAYS - 1, 'day')), to: day(dayjs()) }));
  const query = { by, ...days };
  const counts = useQuery({ queryKey: ['relistening-statistics', query], queryFn: () => api.countRelistening({ query }) });
  const save = async () => saveFile(await api.exportRelistening({ query }));
  return (
    <PageFrame
      title={t('relistening.statisticsTitle')}
      testId="relistening-statistics-page"
      actions={
        <Button
          icon={<DownloadOutlined />}
          loading={busy}
          onClick={() => void act(save, t('relistening.exported'))}
          data-testid="statistics-export"
        >
          {t('relistening.export')}
        </Button>
      }
      filters={
        <>
          <Segmented
            value={by}
            options={StatisticsBy.options.map((value) => ({ value, label: t(`relistening.bys.${value}`) }))}
            onChange={setBy}
            data-testid="statistics-by"
          />
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(days.from), dayjs(days.to)]}
            disabledDate={(date, { from }) => from !== undefined && Math.abs(date.diff(from, 'day')) >= MOST_DAYS}
            onChange={(dates) => dates?.[0] && dates[1] && setDays({ from: day(dates[0]), to: day(dates[1]) })}
            aria-label={t('relistening.dates')}
          />
        </>
      }
    >
      {counts.isError ? (
        <ErrorView error={counts.error} onRetry={() => void counts.refetch()} />
      ) : (
        <Counts t={t} by={by} data={counts.data} loading={counts.isPending} />
      )}
    </PageFrame>
  );
}

interface CountsProps {
  t: Translate;
  by: StatisticsBy;
  data: { items: RelisteningCount[]; total: RelisteningCount } | undefined;
  loading: boolean;
}

const NUMBERS = ['total', 'wanted', 'waiting', 'done', 'overdue', 'abnormal'] as const;

function Counts({ t, by, data, loading }: CountsProps) {
  const columns: TableColumnsType<RelisteningCount> = [
    { title: t(`relistening.count.${by}`), dataIndex: 'name', width: 170, render: (name: string) => name || t('relistening.nobody') },
    ...NUMBERS.map((name) => ({
      title: t(`relistening.count.${name}`),
      dataIndex: name,
      width: 92,
      align: 'right' as const,
      render: (value: number) => <span className={name === 'overdue' && value > 0 ? 'digits is-overdue' : 'digits'}>{value}</span>,
    })),
    ...(['doneShare', 'abnormalShare'] as const).map((name) => ({
      title: t(`relistening.count.${name}`),
      dataIndex: name,
      width: 92,
      align: 'right' as const,
      render: (value: number | null) => <span className="digits">{percent(value)}</span>,
    })),
    { title: t('relistening.count.hours'), dataIndex: 'hours', width: 110, align: 'right' },
  ];
  const sums = () => data && sumRow(t, data.total);
  return (
    <Table<RelisteningCount>
      className="panel"
      rowKey="key"
      size="middle"
      columns={columns}
      dataSource={data?.items ?? []}
      loading={loading}
      pagination={false}
      scroll={{ x: 1000 }}
      onRow={(row) => ({ 'data-testid': 'count-row', 'data-key': row.key }) as object}
      summary={sums}
    />
  );
}

function sumRow(t: Translate, total: RelisteningCount) {
  const cells = [
    t('relistening.count.sum'),
    ...NUMBERS.map((name) => total[name]),
    percent(total.doneShare),
    percent(total.abnormalShare),
    total.hours,
  ];
  return (
    <Table.Summary.Row>
      {cells.map((cell, index) => (
        <Table.Summary.Cell key={index} index={index} align={index > 0 ? 'right' : 'left'}>
          <b className="digits">{cell}</b>
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  );
}

const percent = (share: number | null) => (share === null ? '—' : `${Math.round(share * 1000) / 10} %`);
