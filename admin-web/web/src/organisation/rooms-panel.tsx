import { PlusOutlined, TabletOutlined } from '@ant-design/icons';
import type { RestOutput } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Table } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { SecretModal } from '../components/secret-modal.tsx';

type Room = RestOutput<'listRooms'>['items'][number];
type Adding = { room: true } | { tabletOf: string };

/** A prison's rooms; each takes tablets. */
export function RoomsPanel({ prisonId, mayEdit }: { prisonId: string; mayEdit: boolean }) {
  const t = useText();
  const queries = useQueryClient();
  const queryKey = ['rooms', prisonId];
  const rooms = useQuery({ queryKey, queryFn: () => api.listRooms({ params: { id: prisonId } }) });
  const [adding, setAdding] = useState<Adding | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const isTablet = adding !== null && 'tabletOf' in adding;
  const save = async ({ name }: { name: string }) => {
    if (adding && 'tabletOf' in adding) setKey((await api.addTablet({ params: { id: adding.tabletOf }, body: { name } })).key);
    else await api.addRoom({ params: { id: prisonId }, body: { name } });
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <div className="org-rooms">
      <div className="org-unit-head">
        <h2>{t('organisation.rooms')}</h2>
        {mayEdit && (
          <Button icon={<PlusOutlined />} onClick={() => setAdding({ room: true })} data-testid="room-add">
            {t('organisation.addRoom')}
          </Button>
        )}
      </div>
      <Table<Room>
        rowKey="id"
        size="small"
        pagination={false}
        loading={rooms.isPending}
        dataSource={rooms.data?.items ?? []}
        locale={{ emptyText: t('organisation.noRooms') }}
        columns={[
          { title: t('organisation.roomName'), dataIndex: 'name' },
          {
            title: t('common.actions'),
            key: 'actions',
            width: 180,
            render: (_, { id }) =>
              mayEdit && (
                <Button size="small" icon={<TabletOutlined />} onClick={() => setAdding({ tabletOf: id })} data-testid="tablet-add">
                  {t('organisation.addTablet')}
                </Button>
              ),
          },
        ]}
      />
      <FormModal<{ name: string }>
        title={t(isTablet ? 'organisation.addTablet' : 'organisation.addRoom')}
        open={adding !== null}
        onClose={() => setAdding(null)}
        onSave={save}
        testId="room-form"
      >
        <Form.Item
          name="name"
          label={t(isTablet ? 'organisation.tabletName' : 'organisation.roomName')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input maxLength={64} data-testid="room-name" />
        </Form.Item>
      </FormModal>
      <SecretModal title={t('organisation.tabletKey')} text={t('organisation.tabletKeyText')} secret={key} onClose={() => setKey(null)} />
    </div>
  );
}
