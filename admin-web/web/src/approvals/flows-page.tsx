import { APPROVAL_TYPES, type ApprovalType, type FlowSummary } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, Select, Space, Table, type TableColumnsType, Tag } from 'antd';
import { type HTMLAttributes, useState } from 'react';
import { Link } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { dayOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FlowTools } from './flow-tools.tsx';
import { FLOWS, PRISONS } from './keys.ts';
import { TypeTag } from './tags.tsx';
import { VersionsDrawer } from './versions-drawer.tsx';
import './approvals.css';

/** A row for every type of application, also those without a flow. */
interface Row {
  type: ApprovalType;
  flow: FlowSummary | null;
}

/** The approval flows of a prison, one for each type. */
export function FlowsPage() {
  const t = useText();
  const [chosen, setChosen] = useState<string | null>(null);
  const prisons = useQuery({ queryKey: PRISONS, queryFn: () => api.listApprovalPrisons(), staleTime: 60_000 });
  if (prisons.isError) return <ErrorView error={prisons.error} onRetry={() => void prisons.refetch()} />;
  if (!prisons.data) return <PageLoading />;
  const { items } = prisons.data;
  const prisonId = chosen ?? items[0]?.id;
  const filter = (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: 240 }}
      {...(prisonId ? { value: prisonId } : {})}
      options={items.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={setChosen}
      aria-label={t('approvals.flows.prison')}
      data-testid="flow-prison"
    />
  );
  return (
    <PageFrame
      title={t('approvals.flows.title')}
      hint={<Tag>{t('approvals.flows.hint')}</Tag>}
      filters={items.length > 1 && filter}
      testId="flows"
    >
      {prisonId && <FlowTable prisonId={prisonId} prisons={items} />}
    </PageFrame>
  );
}

function FlowTable({ prisonId, prisons }: { prisonId: string; prisons: { id: string; name: string }[] }) {
  const t = useText();
  const [open, setOpen] = useState<FlowSummary | null>(null);
  const mayEdit = useAllowed('flow.edit');
  const flows = useQuery({
    queryKey: [...FLOWS, 'list', prisonId],
    queryFn: () => api.listFlows({ query: { prisonId, limit: APPROVAL_TYPES.length } }),
  });
  if (flows.isError) return <ErrorView error={flows.error} onRetry={() => void flows.refetch()} />;
  const rows = APPROVAL_TYPES.map((type): Row => ({ type, flow: flows.data?.items.find((flow) => flow.type === type) ?? null }));
  const columns: TableColumnsType<Row> = [
    { title: t('approvals.columns.type'), dataIndex: 'type', width: 140, render: (type: ApprovalType) => <TypeTag type={type} /> },
    {
      title: t('approvals.flows.name'),
      key: 'name',
      render: (_, { flow }) => flow?.name ?? <span className="muted">{t('approvals.flows.none')}</span>,
    },
    { title: t('approvals.flows.published'), key: 'published', render: (_, { flow }) => <Published flow={flow} /> },
    { title: t('approvals.flows.draft'), key: 'draft', render: (_, { flow }) => <DraftOf flow={flow} /> },
    {
      title: t('common.actions'),
      key: 'actions',
      width: 300,
      render: (_, { type, flow }) => (
        <Space wrap size={4}>
          <DesignLink prisonId={prisonId} type={type} flow={flow} mayEdit={mayEdit} />
          {flow && (
            <Button size="small" onClick={() => setOpen(flow)} data-testid="flow-versions">
              {t('approvals.flows.history')}
            </Button>
          )}
          {flow && mayEdit && <FlowTools flow={flow} prisons={prisons} />}
        </Space>
      ),
    },
  ];
  return (
    <>
      <Table<Row>
        className="panel"
        rowKey="type"
        columns={columns}
        dataSource={rows}
        loading={flows.isPending}
        pagination={false}
        scroll={{ x: 'max-content' }}
        onRow={({ type }) => ({ 'data-testid': 'flow-row', 'data-type': type }) as HTMLAttributes<HTMLElement>}
      />
      <VersionsDrawer flow={open} onClose={() => setOpen(null)} />
    </>
  );
}

function Published({ flow }: { flow: FlowSummary | null }) {
  const t = useText();
  if (!flow?.published) return flow ? <Tag color="warning">{t('approvals.flows.noneUsed')}</Tag> : null;
  const { version, publishedAt } = flow.published;
  return (
    <Space size={4}>
      <Tag color="green">{t('approvals.flows.version', { version })}</Tag>
      <small className="muted">{publishedAt && dayOf(publishedAt)}</small>
    </Space>
  );
}

function DraftOf({ flow }: { flow: FlowSummary | null }) {
  const t = useText();
  if (!flow?.draft) return null;
  const { version, updatedAt, authorName } = flow.draft;
  return (
    <Space size={4}>
      <Tag color="blue">{t('approvals.flows.version', { version })}</Tag>
      <small className="muted">
        {authorName} {dayOf(updatedAt)}
      </small>
    </Space>
  );
}

interface LinkProps {
  prisonId: string;
  type: ApprovalType;
  flow: FlowSummary | null;
  mayEdit: boolean;
}

/** To the draft when there is one, else to a draft made from the newest version, else to a new flow. */
function DesignLink({ prisonId, type, flow, mayEdit }: LinkProps) {
  const t = useText();
  if (!flow && !mayEdit) return null;
  const latest = `/flows/${flow?.id}/${flow?.latest}`;
  const edit = flow ? (flow.draft ? latest : `${latest}/edit`) : `/flows/new/${prisonId}/${type}`;
  const text = mayEdit ? (flow ? 'approvals.flows.design' : 'approvals.flows.create') : 'approvals.flows.view';
  return (
    <Link to={mayEdit ? edit : latest}>
      <Button size="small" type="primary" ghost tabIndex={-1} data-testid="flow-design">
        {t(text)}
      </Button>
    </Link>
  );
}
