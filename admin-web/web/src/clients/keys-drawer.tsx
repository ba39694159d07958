import type { ClientKeyView, ClientView } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Drawer, Form, InputNumber, Popconfirm, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { SecretModal } from '../components/secret-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  clientId: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

/** The client as the list holds it, so that what changed in it is seen here too. */
function useListed(id: string | null): ClientView | undefined {
  const { data } = useInfiniteQuery({
    queryKey: ['clients'],
    queryFn: ({ pageParam }) => api.listClients({ query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return data?.pages.flatMap(({ items }) => items).find((client) => client.id === id);
}

/** A client's keys: making a new one, ending an old one. */
export function KeysDrawer({ clientId, onClose, onChanged }: Props) {
  const t = useText();
  const mayEdit = useAllowed('client.edit');
  const client = useListed(clientId);
  const { act } = useAct();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const id = clientId ?? '';
  const end = async (keyId: string) => {
    await act(() => api.endClientKey({ params: { id, keyId } }), t('clients.keyEnded'));
    await onChanged();
  };
  const add = async (values: { overlapHours: number }) => {
    setSecret((await api.addClientKey({ params: { id }, body: values })).secret);
    await onChanged();
  };
  return (
    <Drawer
      open={clientId !== null}
      onClose={onClose}
      size={820}
      title={`${t('clients.keys')} · ${client?.name ?? ''}`}
      data-testid="client-keys-drawer"
    >
      <p>
        X-Client-Id: <code data-testid="client-id">{id}</code>
      </p>
      {mayEdit && (
        <Button type="primary" onClick={() => setAdding(true)} style={{ marginBottom: 12 }} data-testid="client-add-key">
          {t('clients.addKey')}
        </Button>
      )}
      <Table<ClientKeyView>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={client?.keys ?? []}
        columns={columnsOf(t, mayEdit, (keyId) => void end(keyId))}
      />
      <FormModal<{ overlapHours: number }>
        title={t('clients.addKeyTitle')}
        open={adding}
        onClose={() => setAdding(false)}
        onSave={add}
        initial={{ overlapHours: 24 }}
        width={380}
      >
        <Form.Item
          name="overlapHours"
          label={t('clients.overlap')}
          extra={t('clients.overlapHint')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <InputNumber min={0} max={720} precision={0} />
        </Form.Item>
      </FormModal>
      <SecretModal
        title={t('clients.secretTitle')}
        text={t('clients.secretText', { id })}
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </Drawer>
  );
}

const columnsOf = (t: Translate, mayEdit: boolean, onEnd: (keyId: string) => void): TableColumnsType<ClientKeyView> => {
  const moment = (at: string | null) => (at ? momentOf(at) : t('common.none'));
  return [
    { title: t('clients.keyId'), dataIndex: 'id', ellipsis: true },
    { title: t('clients.created'), dataIndex: 'createdAt', width: 160, render: moment },
    { title: t('clients.ends'), dataIndex: 'endsAt', width: 160, render: moment },
    { title: t('clients.used'), dataIndex: 'lastUsedAt', width: 160, render: moment },
    {
      key: 'valid',
      width: 150,
      render: (_, { id, valid }) => (
        <>
          <Tag color={valid ? 'green' : 'default'}>{t(valid ? 'clients.valid' : 'clients.ended')}</Tag>
          {valid && mayEdit && (
            <Popconfirm title={t('clients.endKeyAsk')} onConfirm={() => onEnd(id)}>
              <Button size="small" type="link" danger>
                {t('clients.endKey')}
              </Button>
            </Popconfirm>
          )}
        </>
      ),
    },
  ];
};
