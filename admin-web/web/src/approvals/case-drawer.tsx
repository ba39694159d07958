import type { CaseDetail } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer, Space, Table, type TableColumnsType, Tag } from 'antd';
import { lazy, Suspense } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { PageLoading } from '../components/page-loading.tsx';
import { FamilyCaseSnapshot, isFamilyCase } from '../families/case-snapshot.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CaseActs } from './case-acts.tsx';
import { CaseHistory } from './case-history.tsx';
import { DueText } from './due-text.tsx';
import { CASES } from './keys.ts';
import { Snapshot } from './snapshot.tsx';
import { CaseStateTag, TaskMarks, TaskStateTag, TypeTag } from './tags.tsx';
import './approvals.css';

const FlowPicture = lazy(async () => ({ default: (await import('./flow/flow-picture.tsx')).FlowPicture }));

/** A case in full: what is decided on, where it stands, who is asked, what was done, and what the officer may do. */
export function CaseDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useText();
  const found = useQuery({
    queryKey: [...CASES, id],
    queryFn: () => api.getCase({ params: { id: id ?? '' } }),
    enabled: id !== null,
    // Each look at a case is audited: coming back to the window is none.
    refetchOnWindowFocus: false,
  });
  const { data } = found;
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size="min(960px, 100vw)"
      destroyOnHidden
      title={data ? data.title : t('approvals.case.title')}
      extra={data && <CaseStateTag state={data.state} />}
      footer={data && <CaseActs found={data} />}
      data-testid="case-drawer"
    >
      {found.isError && <ErrorView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <PageLoading />}
      {data && <CaseView found={data} />}
    </Drawer>
  );
}

function CaseView({ found }: { found: CaseDetail }) {
  const t = useText();
  const { flow, facts, snapshot } = found;
  return (
    <div className="case">
      <Summary found={found} />
      <section>
        <h3>{t('approvals.case.snapshot')}</h3>
        {isFamilyCase(found.subjectKind) ? (
          <FamilyCaseSnapshot caseId={found.id} snapshot={snapshot} />
        ) : (
          <Snapshot value={snapshot} empty={t('approvals.case.noSnapshot')} />
        )}
      </section>
      {Object.keys(facts).length > 0 && (
        <section>
          <h3>{t('approvals.case.facts')}</h3>
          <Snapshot value={facts} names="facts" empty="" />
        </section>
      )}
      <section>
        <h3>
          {t('approvals.case.flow')} <small>{t('approvals.case.flowVersion', { name: flow.name, version: flow.version })}</small>
        </h3>
        <Suspense fallback={<PageLoading />}>
          <FlowPicture
            definition={flow.definition}
            names={flow.names}
            at={found.state === 'open' ? found.nodeId : null}
            passed={passedNodes(found)}
          />
        </Suspense>
      </section>
      <section>
        <h3>{t('approvals.case.tasks')}</h3>
        <Tasks tasks={found.tasks} />
      </section>
      <section>
        <h3>{t('approvals.case.history')}</h3>
        <CaseHistory id={found.id} version={found.version} definition={flow.definition} />
      </section>
    </div>
  );
}

const passedNodes = ({ path, nodeId, state }: CaseDetail): string[] => (state === 'approved' && nodeId ? [...path, nodeId] : path);

function Summary({ found }: { found: CaseDetail }) {
  const t = useText();
  const { type, prisonName, applicantRole, applicantName, submittedAt, decidedAt, dueAt, remindAt, outcome, state } = found;
  const role = applicantRole as 'officer' | 'inmate' | 'family' | 'client' | 'system';
  const items = [
    { label: t('approvals.columns.type'), children: <TypeTag type={type} /> },
    { label: t('approvals.columns.prison'), children: prisonName },
    { label: t('approvals.columns.applicant'), children: `${applicantName} · ${t(`approvals.roles.${role}`)}` },
    { label: t('approvals.columns.submitted'), children: momentOf(submittedAt) },
    ...(state === 'open' && dueAt
      ? [
          {
            label: t('approvals.columns.due'),
            children: (
              <Space wrap>
                <DueText dueAt={dueAt} openedAt={null} />
                {remindAt && <small className="muted">{t('approvals.case.remindAt', { when: momentOf(remindAt) })}</small>}
              </Space>
            ),
          },
        ]
      : []),
    ...(decidedAt ? [{ label: t('approvals.columns.decided'), children: momentOf(decidedAt) }] : []),
    ...(outcome?.reason ? [{ label: t('approvals.case.outcome'), children: outcome.reason }] : []),
  ];
  return <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={items.map((item) => ({ key: item.label, ...item }))} />;
}

function Tasks({ tasks }: { tasks: CaseDetail['tasks'] }) {
  const t = useText();
  const columns: TableColumnsType<CaseDetail['tasks'][number]> = [
    { title: t('approvals.columns.stepName'), dataIndex: 'nodeName' },
    {
      title: t('approvals.acts.officer'),
      key: 'officer',
      render: (_, { officerName, actingForName, escalation, remindedAt }) => (
        <Space wrap>
          {officerName}
          <TaskMarks actingFor={actingForName} escalation={escalation} remindedAt={remindedAt} />
        </Space>
      ),
    },
    { title: t('approvals.columns.state'), key: 'state', render: (_, { state }) => <TaskStateTag state={state} /> },
    {
      title: t('approvals.case.opened'),
      dataIndex: 'openedAt',
      render: (at: string | null) => (at ? momentOf(at) : <Tag>{t('common.none')}</Tag>),
    },
    { title: t('approvals.case.closed'), dataIndex: 'closedAt', render: (at: string | null) => at && momentOf(at) },
  ];
  return <Table size="small" rowKey="no" columns={columns} dataSource={tasks} pagination={false} scroll={{ x: 'max-content', y: 260 }} />;
}
