import type { OpenSession } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Input, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { endColumn, sessionColumns } from '../account/own-sessions-panel.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const KEY = 'sessions';

/** Every officer who is logged in; the security administrator can end each session. */
export function SessionsPage() {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const [text, setText] = useState('');
  const columns = useMemo<TableColumnsType<OpenSession>>(() => {
    const end = async (id: string) => {
      await act(() => api.endSession({ params: { id } }), t('account.sessionEnded'));
      await queries.invalidateQueries({ queryKey: [KEY] });
    };
    const who: TableColumnsType<OpenSession> = [
      { title: t('security.officer'), key: 'who', width: 200, render: (_, row) => `${row.officerName} (${row.account})` },
      { title: t('organisation.prison'), dataIndex: 'prisonName', width: 180 },
    ];
    return [...who, ...sessionColumns(t), endColumn(t, end)];
  }, [act, queries, t]);
  return (
    <PageFrame
      title={t('security.sessionsTitle')}
      hint={<Tag>{t('security.sessionsHint')}</Tag>}
      filters={
        <Input.Search
          allowClear
          placeholder={t('security.searchSessions')}
          style={{ width: 260 }}
          maxLength={64}
          onSearch={(value) => setText(value.trim())}
        />
      }
      testId="sessions-page"
    >
      <DataTable<OpenSession>
        queryKey={[KEY, text]}
        read={(cursor) => api.listSessions({ query: { limit: 50, cursor, ...(text ? { text } : {}) } })}
        columns={columns}
        rowKey="id"
        minWidth={1230}
      />
    </PageFrame>
  );
}
