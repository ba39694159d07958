import { PlusOutlined } from '@ant-design/icons';
import { DeviceState, type DeviceView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { DeviceDrawer } from './device-drawer.tsx';
import { DeviceStateTag, SeenTag } from './device-tags.tsx';
import { PairForm } from './pair-form.tsx';

interface Filter {
  text?: string | undefined;
  prisonId?: string | undefined;
  state?: DeviceState | undefined;
}
const REFRESH_MS = 10_000;

/** The tablets: which there are, whether they are there, and pairing another one. */
export function DevicesPage() {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('device.edit');
  const { prisons } = usePlaces();
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [pairing, setPairing] = useState(false);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  const changed = () => queries.invalidateQueries({ queryKey: ['devices'] });
  const pair = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setPairing(true)} data-testid="device-pair">
      {t('devices.pair')}
    </Button>
  );
  const filters = (
    <>
      <Input.Search
        allowClear
        placeholder={t('devices.searchText')}
        maxLength={64}
        style={{ width: 240 }}
        onSearch={(text) => setFilter({ ...filter, text: text.trim() || undefined })}
        data-testid="device-search"
      />
      {prisons.length > 1 && (
        <Select
          allowClear
          placeholder={t('people.prison')}
          style={{ width: 180 }}
          options={prisons}
          onChange={(prisonId?: string) => setFilter({ ...filter, prisonId })}
        />
      )}
      <Select
        allowClear
        placeholder={t('devices.state')}
        style={{ width: 140 }}
        options={DeviceState.options.map((value) => ({ value, label: t(`devices.states.${value}`) }))}
        onChange={(state?: DeviceState) => setFilter({ ...filter, state })}
      />
    </>
  );
  return (
    <PageFrame title={t('devices.title')} actions={mayEdit && pair} filters={filters} testId="devices-page">
      <DataTable<DeviceView>
        queryKey={['devices', filter]}
        read={(cursor) => api.listDevices({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="device-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('devices.empty')}
        minWidth={900}
        refetchInterval={REFRESH_MS}
      />
      <PairForm open={pairing} onClose={() => setPairing(false)} onPaired={changed} />
      <DeviceDrawer id={open} onClose={() => setOpen(null)} onChanged={changed} />
    </PageFrame>
  );
}

const columnsOf = (t: Translate, onOpen: (id: string) => void): TableColumnsType<DeviceView> => [
  { title: t('devices.name'), dataIndex: 'name', width: 180, render: (name: string) => <b>{name}</b> },
  { title: t('venues.room'), dataIndex: 'roomName', width: 150 },
  { title: t('people.prison'), dataIndex: 'prisonName', width: 150, ellipsis: true },
  { title: t('devices.state'), dataIndex: 'state', width: 110, render: (state: DeviceState) => <DeviceStateTag state={state} /> },
  {
    title: t('devices.seen'),
    key: 'seen',
    width: 260,
    render: (_, device) => (device.state === 'revoked' ? t('common.none') : <SeenTag device={device} />),
  },
  { title: t('devices.version'), dataIndex: 'appVersion', width: 100, render: (version: string) => version || t('common.none') },
  {
    title: t('common.actions'),
    key: 'actions',
    width: 90,
    fixed: 'right',
    render: (_, { id }) => (
      <Button size="small" type="link" onClick={() => onOpen(id)} data-testid="device-open">
        {t('devices.open')}
      </Button>
    ),
  },
];
