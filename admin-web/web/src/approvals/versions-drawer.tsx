import type { FlowState, FlowSummary, FlowVersionEntry } from '@qinqiao/contracts';
import { Button, Drawer, type TableColumnsType, Tag } from 'antd';
import { Link } from 'react-router-dom';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FLOWS } from './keys.ts';

const COLOURS: Record<FlowState, string> = { draft: 'blue', published: 'green', retired: 'default' };

function Done({ at, by }: { at: string | null; by: string | null }) {
  const t = useText();
  if (!at) return <span className="muted">{t('common.none')}</span>;
  return (
    <>
      <span className="digits">{momentOf(at)}</span> <small className="muted">{by}</small>
    </>
  );
}

/** The change history of a flow: every version, who made it and when it was in use. */
export function VersionsDrawer({ flow, onClose }: { flow: FlowSummary | null; onClose: () => void }) {
  const t = useText();
  const moment = (at: string | null) => <span className="digits">{at ? momentOf(at) : t('common.none')}</span>;
  const columns: TableColumnsType<FlowVersionEntry> = [
    { title: t('approvals.flows.history'), dataIndex: 'version', render: (version: number) => t('approvals.flows.version', { version }) },
    {
      title: t('approvals.columns.state'),
      dataIndex: 'state',
      render: (state: FlowState) => <Tag color={COLOURS[state]}>{t(`approvals.flows.states.${state}`)}</Tag>,
    },
    { title: t('approvals.flows.author'), dataIndex: 'authorName' },
    { title: t('approvals.flows.updated'), dataIndex: 'updatedAt', render: moment },
    {
      title: t('approvals.flows.publishedAt'),
      key: 'published',
      render: (_, { publishedAt, publishedBy }) => <Done at={publishedAt} by={publishedBy} />,
    },
    {
      title: t('approvals.flows.retiredAt'),
      key: 'retired',
      render: (_, { retiredAt, retiredBy }) => <Done at={retiredAt} by={retiredBy} />,
    },
    {
      title: t('common.actions'),
      key: 'open',
      render: (_, { version }) => (
        <Link to={`/flows/${flow?.id}/${version}`}>
          <Button size="small" tabIndex={-1} data-testid="version-open">
            {t('approvals.flows.view')}
          </Button>
        </Link>
      ),
    },
  ];
  return (
    <Drawer open={flow !== null} onClose={onClose} size="min(960px, 100vw)" title={flow?.name} destroyOnHidden data-testid="versions">
      {flow && (
        <DataTable<FlowVersionEntry>
          queryKey={[...FLOWS, 'versions', flow.id]}
          read={(cursor) => api.listFlowVersions({ params: { id: flow.id }, query: { limit: 20, cursor } })}
          columns={columns}
          rowKey="version"
          rowTestId="version-row"
        />
      )}
    </Drawer>
  );
}
