import { PlusOutlined } from '@ant-design/icons';
import type { ClientView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Space, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ClientForm } from './client-form.tsx';
import { KeysDrawer } from './keys-drawer.tsx';

const KEY = ['clients'];

export function ClientsTab() {
  const t = useText();
  const mayEdit = useAllowed('client.edit');
  const queries = useQueryClient();
  const [edited, setEdited] = useState<ClientView | 'new' | null>(null);
  const [keysOf, setKeysOf] = useState<string | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: KEY });
  const columns = useMemo<TableColumnsType<ClientView>>(
    () => [
      {
        title: t('clients.name'),
        key: 'name',
        width: 220,
        render: (_, { name, enabled }) => (
          <>
            <b>{name}</b> {!enabled && <Tag color="red">{t('clients.disabled')}</Tag>}
          </>
        ),
      },
      { title: t('clients.contact'), dataIndex: 'contact', width: 200, ellipsis: true },
      {
        title: t('clients.interfaces'),
        dataIndex: 'interfaces',
        width: 260,
        render: (names: string[]) => names.map((name) => <Tag key={name}>{name}</Tag>),
      },
      {
        title: t('clients.quotaTitle'),
        key: 'quota',
        width: 190,
        render: (_, row) => t('clients.quota', { minute: row.perMinute, day: row.perDay }),
      },
      {
        title: t('clients.keys'),
        key: 'keys',
        width: 100,
        render: (_, row) => t('clients.validKeys', { count: row.keys.filter(({ valid }) => valid).length }),
      },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 150,
        fixed: 'right',
        render: (_, row) => (
          <Space size={0}>
            <Button size="small" type="link" onClick={() => setKeysOf(row.id)} data-testid="client-keys">
              {t('clients.keys')}
            </Button>
            {mayEdit && (
              <Button size="small" type="link" onClick={() => setEdited(row)}>
                {t('common.edit')}
              </Button>
            )}
          </Space>
        ),
      },
    ],
    [mayEdit, t],
  );
  return (
    <>
      {mayEdit && (
        <Button
          type="primary"
          icon={<PlusOutlined />}
          onClick={() => setEdited('new')}
          style={{ marginBottom: 12 }}
          data-testid="client-add"
        >
          {t('clients.add')}
        </Button>
      )}
      <DataTable<ClientView>
        queryKey={KEY}
        read={(cursor) => api.listClients({ query: { limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="client-row"
        emptyText={t('clients.noClients')}
        minWidth={1120}
      />
      <ClientForm client={edited} onClose={() => setEdited(null)} onSaved={changed} />
      <KeysDrawer clientId={keysOf} onClose={() => setKeysOf(null)} onChanged={changed} />
    </>
  );
}
