import type { AssignmentResult, DeviceView, RestOutput } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Descriptions, Drawer, Form, Input, Popconfirm, Select, Space, Spin } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { resultText } from '../venues/room-drawer.tsx';
import { DeviceStateTag, SeenTag } from './device-tags.tsx';
import { CodeModal, useRooms } from './pair-form.tsx';

interface Props {
  id: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

/** One tablet, and what can be done with it. */
export function DeviceDrawer({ id, onClose, onChanged }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const device = useQuery({ queryKey: ['device', id], queryFn: () => api.getDevice({ params: { id: id ?? '' } }), enabled: id !== null });
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ['device', id] });
    await onChanged();
  };
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={560}
      title={device.data?.name ?? t('devices.title')}
      destroyOnHidden
      data-testid="device-drawer"
    >
      {device.isError ? (
        <ErrorView error={device.error} />
      ) : device.data ? (
        <>
          <Details device={device.data} />
          {device.data.state !== 'revoked' && <Acts device={device.data} onChanged={changed} />}
        </>
      ) : (
        <Spin />
      )}
    </Drawer>
  );
}

function Details({ device }: { device: DeviceView }) {
  const t = useText();
  const registered = [device.registeredAt && momentOf(device.registeredAt), device.registeredBy].filter(Boolean).join(' · ');
  const rows = [
    { key: 'room', label: t('venues.room'), children: `${device.prisonName} · ${device.roomName}` },
    {
      key: 'state',
      label: t('devices.state'),
      children: (
        <>
          <DeviceStateTag state={device.state} /> {device.reason}
        </>
      ),
    },
    { key: 'seen', label: t('devices.seen'), children: <SeenTag device={device} /> },
    { key: 'version', label: t('devices.version'), children: device.appVersion || t('common.none') },
    { key: 'registered', label: t('devices.registered'), children: registered || t('common.none') },
  ];
  return <Descriptions bordered size="small" column={1} items={rows} />;
}

type Doing = 'rename' | 'rebind' | 'broken' | 'revoke';

function Acts({ device, onChanged }: { device: DeviceView; onChanged: () => Promise<void> }) {
  const t = useText();
  const { act } = useAct();
  const { message } = App.useApp();
  const mayEdit = useAllowed('device.edit');
  const mayPut = useAllowed('venue.edit');
  const [form, setForm] = useState<Doing | null>(null);
  const [pairing, setPairing] = useState<RestOutput<'openPairing'> | null>(null);
  const { id, version, roomId, name } = device;
  const tell = (result: AssignmentResult) => {
    if (result.placed + result.moved + result.unplaced.length + result.underway > 0) message.info(resultText(result, t), 8);
  };
  const pairAnew = () => act(async () => setPairing(await api.openPairing({ body: { roomId, name, deviceId: id } })));
  const works = async () => {
    await act(async () => tell((await api.setDeviceState({ params: { id }, body: { state: 'in_service', version } })).result));
    await onChanged();
  };
  return (
    <Space wrap style={{ marginTop: 16 }}>
      {mayEdit && (
        <>
          <Button onClick={() => setForm('rename')} data-testid="device-rename">
            {t('devices.rename')}
          </Button>
          <Button onClick={() => setForm('rebind')} data-testid="device-rebind">
            {t('devices.rebind')}
          </Button>
          <Popconfirm title={t('devices.pairAnewAsk')} onConfirm={() => void pairAnew()}>
            <Button>{t('devices.pairAnew')}</Button>
          </Popconfirm>
        </>
      )}
      {mayPut && device.state === 'in_service' && (
        <Button danger onClick={() => setForm('broken')} data-testid="device-broken">
          {t('devices.broken')}
        </Button>
      )}
      {mayPut && device.state === 'broken' && (
        <Button type="primary" onClick={() => void works()} data-testid="device-works">
          {t('devices.works')}
        </Button>
      )}
      {mayEdit && (
        <Button danger type="primary" onClick={() => setForm('revoke')} data-testid="device-revoke">
          {t('devices.revoke')}
        </Button>
      )}
      {form !== null && <ActForm device={device} form={form} onClose={() => setForm(null)} onDone={onChanged} tell={tell} />}
      <CodeModal pairing={pairing} onClose={() => setPairing(null)} onPaired={onChanged} />
    </Space>
  );
}

interface ActFormProps {
  device: DeviceView;
  form: Doing;
  onClose: () => void;
  onDone: () => Promise<void>;
  tell: (result: AssignmentResult) => void;
}
interface ActValues {
  name: string;
  roomId: string;
  reason: string;
}

function ActForm({ device, form, onClose, onDone, tell }: ActFormProps) {
  const t = useText();
  const rooms = useRooms(form === 'rebind' ? device.prisonId : undefined);
  const { version } = device;
  const params = { id: device.id };
  const save = async ({ name, roomId, reason }: ActValues) => {
    if (form === 'rename') await api.renameDevice({ params, body: { name, version } });
    if (form === 'rebind') tell((await api.rebindDevice({ params, body: { roomId, version } })).result);
    if (form === 'broken') tell((await api.setDeviceState({ params, body: { state: 'broken', reason, version } })).result);
    if (form === 'revoke') tell((await api.revokeDevice({ params, body: { reason, version } })).result);
    await onDone();
  };
  const required = [{ required: true, whitespace: true, message: t('common.required') }];
  return (
    <FormModal<ActValues>
      title={t(`devices.${form}`)}
      open
      onClose={onClose}
      onSave={save}
      initial={{ name: device.name, roomId: device.roomId }}
      saveText={form === 'rename' ? t('common.save') : t(`devices.${form}`)}
      testId="device-form"
    >
      {form !== 'rename' && <p>{t(`devices.${form}Text`)}</p>}
      {form === 'rename' && (
        <Form.Item name="name" label={t('devices.name')} rules={required}>
          <Input maxLength={64} data-testid="device-name" />
        </Form.Item>
      )}
      {form === 'rebind' && (
        <Form.Item name="roomId" label={t('venues.room')} rules={[{ required: true, message: t('common.required') }]}>
          <Select options={rooms} showSearch={{ optionFilterProp: 'label' }} data-testid="device-room" />
        </Form.Item>
      )}
      {(form === 'broken' || form === 'revoke') && (
        <Form.Item name="reason" label={t('common.reason')} rules={required}>
          <Input maxLength={200} data-testid="device-reason" />
        </Form.Item>
      )}
    </FormModal>
  );
}
