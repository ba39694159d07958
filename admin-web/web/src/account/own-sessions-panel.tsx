import type { OpenSession } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Table, type TableColumnsType, Tag } from 'antd';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const KEY = ['my-sessions'];

export function OwnSessionsPanel() {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const sessions = useQuery({ queryKey: KEY, queryFn: () => api.listMySessions() });
  const end = async (id: string) => {
    await act(() => api.endMySession({ params: { id } }), t('account.sessionEnded'));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <section className="panel account-panel">
      <h2>{t('account.sessions')}</h2>
      <Table<OpenSession>
        rowKey="id"
        size="small"
        pagination={false}
        scroll={{ x: 'max-content' }}
        loading={sessions.isPending}
        dataSource={sessions.data?.items ?? []}
        columns={[...sessionColumns(t), endColumn(t, end)]}
      />
    </section>
  );
}

/** What sessions have in common, wherever they are listed. */
export function sessionColumns(t: Translate): TableColumnsType<OpenSession> {
  return [
    { title: t('account.opened'), dataIndex: 'openedAt', width: 180, render: momentOf },
    { title: t('account.seen'), dataIndex: 'seenAt', width: 180, render: momentOf },
    { title: t('account.expires'), dataIndex: 'expiresAt', width: 180, render: momentOf },
    { title: t('account.address'), dataIndex: 'address', width: 140 },
    {
      title: t('account.agent'),
      dataIndex: 'agent',
      width: 240,
      ellipsis: true,
    },
  ];
}

export function endColumn(t: Translate, end: (id: string) => Promise<void>): TableColumnsType<OpenSession>[number] {
  return {
    title: t('common.actions'),
    key: 'actions',
    width: 110,
    fixed: 'right',
    render: (_, { id, current }) =>
      current ? (
        <Tag color="blue">{t('account.current')}</Tag>
      ) : (
        <Popconfirm title={t('account.endSessionAsk')} onConfirm={() => void end(id)}>
          <Button size="small" danger type="text" data-testid="session-end">
            {t('account.endSession')}
          </Button>
        </Popconfirm>
      ),
  };
}
