import type { DeviceView, RestOutput } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, Form, Input, Modal, Select } from 'antd';
import { useEffect, useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { clockOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import '../venues/venues.css';

type Pairing = RestOutput<'openPairing'>;
interface Values {
  prisonId: string;
  roomId: string;
  name: string;
}
const POLL_MS = 2000;

/** Chooses room and name, then shows the code until the tablet has used it. */
export function PairForm({ open, onClose, onPaired }: { open: boolean; onClose: () => void; onPaired: () => Promise<unknown> }) {
  const t = useText();
  const { prisons } = usePlaces();
  const [form] = Form.useForm<Values>();
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const prisonId = Form.useWatch('prisonId', form) ?? prisons[0]?.value;
  const rooms = useRooms(open ? prisonId : undefined);
  const save = async ({ roomId, name }: Values) => setPairing(await api.openPairing({ body: { roomId, name } }));
  const named = (roomId: string) => {
    const room = rooms.find(({ value }) => value === roomId);
    if (room && !form.isFieldTouched('name')) form.setFieldValue('name', t('devices.nameOf', { room: room.label }));
  };
  return (
    <>
      <FormModal<Values>
        title={t('devices.pair')}
        open={open}
        onClose={onClose}
        onSave={save}
        form={form}
        saveText={t('devices.makeCode')}
        testId="pair-form"
      >
        <p>{t('devices.pairText')}</p>
        {prisons.length > 1 && (
          <Form.Item name="prisonId" label={t('people.prison')} initialValue={prisons[0]?.value}>
            <Select options={prisons} onChange={() => form.resetFields(['roomId'])} showSearch={{ optionFilterProp: 'label' }} />
          </Form.Item>
        )}
        <Form.Item name="roomId" label={t('venues.room')} rules={[{ required: true, message: t('common.required') }]}>
          <Select options={rooms} onChange={named} showSearch={{ optionFilterProp: 'label' }} data-testid="pair-room" />
        </Form.Item>
        <Form.Item name="name" label={t('devices.name')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
          <Input maxLength={64} data-testid="pair-name" />
        </Form.Item>
      </FormModal>
      <CodeModal pairing={pairing} onClose={() => setPairing(null)} onPaired={onPaired} />
    </>
  );
}

export function useRooms(prisonId: string | undefined) {
  const { data } = useQuery({
    queryKey: ['venue-rooms', prisonId],
    queryFn: () => api.listVenueRooms({ query: { prisonId: prisonId ?? '' } }),
    enabled: prisonId !== undefined,
  });
  return (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}

interface CodeProps {
  pairing: Pairing | null;
  onClose: () => void;
  onPaired: (device: DeviceView | null) => Promise<unknown>;
}

/** The code, large enough to be read across a room; closes by itself once a tablet has used it. */
export function CodeModal({ pairing, onClose, onPaired }: CodeProps) {
  const t = useText();
  const { data } = useQuery({
    queryKey: ['pairing', pairing?.id],
    queryFn: () => api.getPairing({ params: { id: pairing?.id ?? '' } }),
    enabled: pairing !== null,
    refetchInterval: (query) => (query.state.data?.state === 'open' || !query.state.data ? POLL_MS : false),
  });
  const state = data?.state ?? 'open';
  useEffect(() => {
    if (state === 'used') void onPaired(data?.device ?? null);
    // Told once, when the state changes.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [state]);
  return (
    <Modal
      open={pairing !== null}
      title={t('devices.code')}
      onOk={onClose}
      onCancel={onClose}
      okText={t('common.close')}
      cancelButtonProps={{ style: { display: 'none' } }}
      mask={{ closable: false }}
      data-testid="pair-code-modal"
    >
      {state === 'open' && (
        <>
          <p>{t('devices.codeText')}</p>
          <div className="pairing-code" data-testid="pair-code" data-code={pairing?.code}>
            {pairing?.code.replace(/(\d{4})(\d{4})/, '$1 $2')}
          </div>
          <p className="muted">{pairing && t('devices.codeUntil', { time: clockOf(pairing.expiresAt) })}</p>
        </>
      )}
      {state === 'used' && (
        <Alert type="success" showIcon title={t('devices.paired', { name: data?.device?.name ?? '' })} data-testid="pair-done" />
      )}
      {state === 'expired' && <Alert type="warning" showIcon title={t('devices.codeOver')} />}
    </Modal>
  );
}
