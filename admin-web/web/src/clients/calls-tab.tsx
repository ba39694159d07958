import type { ClientCall } from '@qinqiao/contracts';
import { DatePicker, Input, Select, Space, Tag, type TableColumnsType } from 'antd';
import type { Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Filter {
  id?: string | undefined;
  outcome?: 'answered' | 'refused' | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What third parties called, the newest first. */
export function CallsTab() {
  const t = useText();
  const [filter, setFilter] = useState<Filter>({});
  const setPeriod = (period: [Dayjs | null, Dayjs | null] | null) => {
    const [from, to] = period ?? [];
    setFilter((old) => ({ ...old, from: from?.startOf('day').toISOString(), to: to?.endOf('day').toISOString() }));
  };
  const columns = useMemo<TableColumnsType<ClientCall>>(
    () => [
      { title: t('clients.at'), dataIndex: 'at', width: 170, render: momentOf },
      { title: t('clients.client'), dataIndex: 'clientName', width: 160 },
      { title: t('clients.interface'), dataIndex: 'interface', width: 140 },
      { title: t('clients.path'), key: 'path', width: 260, ellipsis: true, render: (_, { method, path }) => `${method} ${path}` },
      {
        title: t('clients.status'),
        key: 'status',
        width: 180,
        render: (_, { status, code }) => <Tag color={code ? 'red' : 'green'}>{code ? `${status} ${code}` : status}</Tag>,
      },
      { title: t('clients.duration'), dataIndex: 'durationMs', width: 90, align: 'right', render: (ms: number) => `${ms} ms` },
      { title: t('clients.address'), dataIndex: 'address', width: 130 },
      { title: t('clients.request'), dataIndex: 'id', width: 240, render: (id: string) => <code>{id}</code> },
    ],
    [t],
  );
  return (
    <>
      <Space wrap style={{ marginBottom: 12 }}>
        <DatePicker.RangePicker allowEmpty={[true, true]} onChange={setPeriod} />
        <Select
          allowClear
          placeholder={t('clients.outcome')}
          style={{ width: 130 }}
          options={(['answered', 'refused'] as const).map((value) => ({ value, label: t(`clients.outcomes.${value}`) }))}
          onChange={(outcome?: 'answered' | 'refused') => setFilter((old) => ({ ...old, outcome }))}
        />
        <Input.Search
          allowClear
          maxLength={64}
          placeholder={t('clients.request')}
          style={{ width: 280 }}
          onSearch={(id) => setFilter((old) => ({ ...old, id: id.trim() || undefined }))}
        />
      </Space>
      <DataTable<ClientCall>
        queryKey={['client-calls', filter]}
        read={(cursor) => api.listClientCalls({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="client-call"
        emptyText={t('clients.noCalls')}
        minWidth={1370}
      />
    </>
  );
}
