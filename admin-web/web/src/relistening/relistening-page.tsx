import { CustomerServiceOutlined, UserSwitchOutlined } from '@ant-design/icons';
import type { ConversationView } from '@qinqiao/contracts';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type Key, useCallback, useMemo, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { AssignForm } from './assign-form.tsx';
import { conversationColumns } from './columns.tsx';
import { useFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { storeQueue } from './queue.ts';
import { WorkloadSummary } from './workload.tsx';
import './relistening.css';

const REFRESH_MS = 60_000;
const LIMIT = 50;
const queued = ({ id, inmateName, familyName }: ConversationView) => ({ id, name: `${inmateName} — ${familyName}` });

/** Recorded conversations, to be listened to again. */
export function RelisteningPage() {
  const t = useText();
  const navigate = useNavigate();
  const mayAssign = useAllowed('relistening.assign');
  const { filter, set } = useFilter();
  const [chosen, setChosen] = useState<Key[]>([]);
  const [assigning, setAssigning] = useState(false);
  const queries = useQueryClient();
  const queryKey = useMemo(() => ['conversations', filter], [filter]);
  const listen = useCallback(
    (one?: ConversationView, several?: readonly Key[]) => {
      // As they stand on the page: what is listened to one after the other.
      const shown = queries.getQueryData<InfiniteData<{ items: ConversationView[] }>>(queryKey)?.pages.flatMap(({ items }) => items) ?? [];
      const rows = shown.filter(({ id, recording }) => recording === 'ready' && (!several || several.includes(id)));
      const first = one ?? rows[0];
      if (!first) return;
      storeQueue(rows.some(({ id }) => id === first.id) ? rows.map(queued) : [queued(first)]);
      void navigate(`/relistening/${first.id}`);
    },
    [navigate, queries, queryKey],
  );
  const columns = useMemo(() => conversationColumns(t, (one) => listen(one)), [t, listen]);
  return (
    <PageFrame
      title={t('relistening.title')}
      hint={<small className="muted">{t('relistening.audited')}</small>}
      testId="relistening-page"
      actions={
        <>
          {mayAssign && (
            <Button icon={<UserSwitchOutlined />} disabled={chosen.length === 0} onClick={() => setAssigning(true)} data-testid="assign">
              {t('relistening.assign', { count: chosen.length })}
            </Button>
          )}
          <Button
            type="primary"
            icon={<CustomerServiceOutlined />}
            disabled={chosen.length === 0}
            onClick={() => listen(undefined, chosen)}
            data-testid="listen-chosen"
          >
            {t('relistening.listenSome', { count: chosen.length })}
          </Button>
        </>
      }
      filters={<Filters filter={filter} onChange={set} />}
    >
      <WorkloadSummary
        onShow={set}
        onAttention={() => set({ attention: 'true', assignee: undefined, overdue: undefined, secondDue: undefined })}
      />
      <DataTable<ConversationView>
        queryKey={queryKey}
        read={(cursor) => api.listConversations({ query: { ...filter, limit: LIMIT, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="conversation-row"
        onOpen={(one) => listen(one)}
        emptyText={t('relistening.none')}
        minWidth={914}
        refetchInterval={REFRESH_MS}
        selection={{ selectedRowKeys: chosen, onChange: setChosen, columnWidth: 40 }}
      />
      <AssignForm ids={chosen.map(String)} open={assigning} onClose={() => setAssigning(false)} />
    </PageFrame>
  );
}
