import type { VenueRoomView } from '@qinqiao/contracts';
import { Checkbox, Form, Input, InputNumber, Select } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';

type Values = Pick<VenueRoomView, 'name' | 'kinds' | 'wardIds' | 'sort'>;
const KINDS = ['video', 'visit'] as const;

/** Name, use, wards and order of a room. */
export function RoomForm({
  room,
  open,
  onClose,
  onSaved,
}: {
  room: VenueRoomView;
  open: boolean;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}) {
  const t = useText();
  const { wardsOf } = usePlaces();
  const save = async (values: Values) => {
    await api.editRoom({ params: { id: room.id }, body: { ...values, version: room.version } });
    await onSaved();
  };
  return (
    <FormModal<Values>
      title={t('venues.editRoom', { room: room.name })}
      open={open}
      onClose={onClose}
      onSave={save}
      initial={room}
      testId="room-edit-form"
    >
      <Form.Item name="name" label={t('venues.room')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="kinds" label={t('venues.usedFor')} rules={[{ required: true, message: t('common.required') }]}>
        <Checkbox.Group options={KINDS.map((value) => ({ value, label: t(`venues.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="wardIds" label={t('venues.wards')} extra={t('venues.wardsHint')}>
        <Select mode="multiple" options={wardsOf(room.prisonId)} showSearch={{ optionFilterProp: 'label' }} data-testid="room-wards" />
      </Form.Item>
      <Form.Item name="sort" label={t('venues.order')}>
        <InputNumber min={0} max={9999} precision={0} style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  );
}
