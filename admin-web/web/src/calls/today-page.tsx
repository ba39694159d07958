import { EyeOutlined, FileSearchOutlined, PlusOutlined } from '@ant-design/icons';
import type { CallSummary } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Alert, Badge, Button, Empty, Table, type TableColumnsType, Tooltip } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Link } from 'react-router-dom';
import { AlertCount } from '../components/alert-count.tsx';
import { PresenceBadge, StateTag } from '../components/call-badges.tsx';
import { ErrorView } from '../components/error-view.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { FaceChecksWaiting } from '../face-checks/waiting-alert.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { peopleColumns, rowAttributes } from './call-columns.tsx';

const ArrangeModal = lazy(async () => ({ default: (await import('./arrange-modal.tsx')).ArrangeModal }));
const REFRESH_MS = 3000;

export function TodayPage() {
  const t = useText();
  const [arranging, setArranging] = useState(false);
  const calls = useInfiniteQuery({
    queryKey: ['calls', 'today'],
    queryFn: ({ pageParam }) => api.listCalls({ query: { scope: 'today', limit: 100, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
  });
  const rows = useMemo(() => calls.data?.pages.flatMap((page) => page.items) ?? [], [calls.data]);
  const live = rows.filter((call) => call.state === 'live' || call.state === 'paused').length;
  return (
    <main className="page">
      <div className="page-head">
        <h1>{t('calls.title')}</h1>
        <Badge status={live > 0 ? 'processing' : 'default'} text={t('calls.liveNow', { count: live })} />
        <span className="page-head-space muted">{t('calls.updated')}</span>
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setArranging(true)} data-testid="arrange-open">
          {t('calls.arrange')}
        </Button>
      </div>
      <FaceChecksWaiting />
      {calls.isError && calls.data && <Alert type="warning" showIcon banner title={t('calls.stale')} />}
      {calls.isError && !calls.data ? (
        <ErrorView error={calls.error} onRetry={() => void calls.refetch()} />
      ) : (
        <TodayTable rows={rows} loading={calls.isPending} />
      )}
      <LoadMore query={calls} />
      {arranging && (
        <Suspense>
          <ArrangeModal onClose={() => setArranging(false)} />
        </Suspense>
      )}
    </main>
  );
}

function TodayTable({ rows, loading }: { rows: CallSummary[]; loading: boolean }) {
  const t = useText();
  const columns = useMemo<TableColumnsType<CallSummary>>(
    () => [
      ...peopleColumns(t),
      {
        title: t('calls.presence'),
        key: 'presence',
        width: 146,
        render: (_, { parties, state }) =>
          state === 'ended' ? (
            <span className="muted">{t('common.none')}</span>
          ) : (
            <div className="presence-pair">
              <PresenceBadge role="inmate" presence={parties.inmate} />
              <PresenceBadge role="family" presence={parties.family} />
            </div>
          ),
      },
      { title: t('calls.state'), key: 'state', width: 108, render: (_, { state }) => <StateTag state={state} /> },
      { title: t('calls.alerts'), dataIndex: 'alerts', width: 64, render: (count: number) => <AlertCount count={count} /> },
      { title: t('calls.action'), key: 'action', width: 108, fixed: 'right', render: (_, call) => <Action call={call} /> },
    ],
    [t],
  );
  const empty = <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('calls.empty')} />;
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
      scroll={{ x: 940 }}
      locale={{ emptyText: loading ? ' ' : empty }}
    />
  );
}

function Action({ call }: { call: CallSummary }) {
  const t = useText();
  if (call.state === 'ended') {
    return (
      <Link to={`/finished/${call.id}`}>
        <Button size="small" icon={<FileSearchOutlined />} tabIndex={-1} data-testid="call-detail">
          {t('calls.detail')}
        </Button>
      </Link>
    );
  }
  const button = (
    <Button
      size="small"
      type={call.state === 'live' ? 'primary' : 'default'}
      icon={<EyeOutlined />}
      disabled={!call.canJoin}
      tabIndex={call.canJoin ? -1 : 0}
      data-testid="call-monitor"
    >
      {t('calls.monitor')}
    </Button>
  );
  if (!call.canJoin) return <Tooltip title={t('calls.notOpen')}>{button}</Tooltip>;
  return <Link to={`/live/${call.id}`}>{button}</Link>;
}
