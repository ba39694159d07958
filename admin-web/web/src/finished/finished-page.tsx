import { FileSearchOutlined } from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import type { CallSummary, RecordingView } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Empty, Table, type TableColumnsType, Tag } from 'antd';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { peopleColumns, rowAttributes } from '../calls/call-columns.tsx';
import { AlertCount } from '../components/alert-count.tsx';
import { ErrorView } from '../components/error-view.tsx';
import { dayOf } from '../components/format.ts';
import { LoadMore } from '../components/load-more.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const RECORDING: Record<RecordingView['state'], string> = {
  none: 'default',
  recording: 'blue',
  processing: 'gold',
  sealing: 'green',
  ready: 'green',
  failed: 'red',
  deleted: 'default',
};

export function FinishedPage() {
  const t = useText();
  const calls = useInfiniteQuery({
    queryKey: ['calls', 'finished'],
    queryFn: ({ pageParam }) => api.listCalls({ query: { scope: 'finished', limit: 20, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => calls.data?.pages.flatMap((page) => page.items) ?? [], [calls.data]);
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('calls.finishedTitle')}</h1>
      </div>
      {calls.isError && !calls.data ? (
        <ErrorView error={calls.error} onRetry={() => void calls.refetch()} />
      ) : (
        <FinishedTable rows={rows} loading={calls.isPending} />
      )}
      <LoadMore query={calls} />
    </main>
  );
}

const talked = ({ liveSince, endedAt }: CallSummary) => (liveSince && endedAt ? Date.parse(endedAt) - Date.parse(liveSince) : 0);

function FinishedTable({ rows, loading }: { rows: CallSummary[]; loading: boolean }) {
  const t = useText();
  const columns = useMemo<TableColumnsType<CallSummary>>(
    () => [
      { title: t('calls.day'), key: 'day', width: 104, render: (_, call) => <span className="digits">{dayOf(call.startsAt)}</span> },
      ...peopleColumns(t),
      {
        title: t('calls.duration'),
        key: 'talked',
        width: 88,
        render: (_, call) => <span className="digits">{formatDuration(talked(call))}</span>,
      },
      {
        title: t('calls.result'),
        key: 'result',
        width: 168,
        ellipsis: true,
        render: (_, call) => call.endReason && t(`reason.${call.endReason}`),
      },
      { title: t('calls.alerts'), dataIndex: 'alerts', width: 64, render: (count: number) => <AlertCount count={count} /> },
      {
        title: t('calls.recording'),
        key: 'recording',
        width: 104,
        render: (_, { recording }) => <Tag color={RECORDING[recording]}>{t(`recording.${recording}`)}</Tag>,
      },
      {
        title: t('calls.action'),
        key: 'action',
        width: 104,
        fixed: 'right',
        render: (_, call) => (
          <Link to={`/finished/${call.id}`}>
            <Button size="small" icon={<FileSearchOutlined />} tabIndex={-1} data-testid="call-detail">
              {t('calls.detail')}
            </Button>
          </Link>
        ),
      },
    ],
    [t],
  );
  return (
    <Table
      rowKey="id"
      size="middle"
      className="panel"
      columns={columns}
      dataSource={rows}
      loading={loading}
      pagination={false}
      onRow={rowAttributes}
      scroll={{ x: 1180 }}
      locale={{ emptyText: loading ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('calls.emptyFinished')} /> }}
    />
  );
}
