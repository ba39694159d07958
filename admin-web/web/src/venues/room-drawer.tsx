import { type RestOutput, type VenueBoard, type VenueRoomView } from '@qinqiao/contracts';
import { App, Button, DatePicker, Descriptions, Drawer, Form, Input, Popconfirm, Space, Tag } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { SeenTag, DeviceStateTag } from '../devices/device-tags.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { RoomForm } from './room-form.tsx';

interface Props {
  board: VenueBoard;
  id: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

type Result = RestOutput<'setRoomState'>['result'];
export const resultText = ({ placed, moved, unplaced, underway }: Result, t: Translate): string =>
  [
    t('venues.assigned', { placed, moved, unplaced: unplaced.length }),
    ...(underway > 0 ? [t('venues.leftUnderway', { count: underway })] : []),
  ].join(' ');

/** One room: what it is for, its tablets, and whether it can be used. */
export function RoomDrawer({ board, id, onClose, onChanged }: Props) {
  const t = useText();
  const room = board.rooms.find((each) => each.id === id);
  return (
    <Drawer
      open={room !== undefined}
      onClose={onClose}
      size={480}
      title={room?.name ?? t('venues.room')}
      destroyOnHidden
      data-testid="venue-room-drawer"
    >
      {room && <Content room={room} onChanged={onChanged} />}
    </Drawer>
  );
}

function Content({ room, onChanged }: { room: VenueRoomView; onChanged: () => Promise<unknown> }) {
  const t = useText();
  const { message } = App.useApp();
  const { act } = useAct();
  const { wardsOf } = usePlaces();
  const mayEdit = useAllowed('device.edit');
  const mayPut = useAllowed('venue.edit');
  const [editing, setEditing] = useState(false);
  const [closing, setClosing] = useState(false);
  const wards = wardsOf(room.prisonId)
    .filter(({ value }) => room.wardIds.includes(value))
    .map(({ label }) => label);
  const back = async () => {
    const body = { inService: true, version: room.version };
    await act(async () => message.success(resultText((await api.setRoomState({ params: { id: room.id }, body })).result, t)));
    await onChanged();
  };
  const state = room.inService ? (
    <Tag color="green">{t('venues.inService')}</Tag>
  ) : (
    <>
      <Tag color="red">{t('venues.out')}</Tag> {room.reason}
      {room.outUntil && ` (${t('venues.outUntil', { time: momentOf(room.outUntil) })})`}
    </>
  );
  const rows = [
    { key: 'state', label: t('calls.state'), children: <span data-testid="room-state">{state}</span> },
    { key: 'kinds', label: t('venues.usedFor'), children: room.kinds.map((kind) => t(`venues.kinds.${kind}`)).join(t('venues.comma')) },
    { key: 'wards', label: t('venues.wards'), children: wards.join(t('venues.comma')) || t('venues.anyWard') },
    {
      key: 'tablets',
      label: t('venues.tablets'),
      children: room.devices.length === 0 ? t('venues.tablet.none') : <Tablets room={room} />,
    },
  ];
  return (
    <Space orientation="vertical" size={16} style={{ width: '100%' }}>
      <Descriptions bordered size="small" column={1} items={rows} />
      <Space wrap>
        {mayEdit && (
          <Button onClick={() => setEditing(true)} data-testid="room-edit">
            {t('common.edit')}
          </Button>
        )}
        {mayPut && room.inService && (
          <Button danger onClick={() => setClosing(true)} data-testid="room-out">
            {t('venues.putOut')}
          </Button>
        )}
        {mayPut && !room.inService && (
          <Popconfirm title={t('venues.putInAsk')} onConfirm={() => void back()} okButtonProps={{ 'data-testid': 'room-in-confirm' }}>
            <Button type="primary" data-testid="room-in">
              {t('venues.putIn')}
            </Button>
          </Popconfirm>
        )}
      </Space>
      {editing && <RoomForm room={room} open onClose={() => setEditing(false)} onSaved={onChanged} />}
      {closing && <OutForm room={room} open onClose={() => setClosing(false)} onDone={onChanged} />}
    </Space>
  );
}

function Tablets({ room }: { room: VenueRoomView }) {
  return (
    <Space orientation="vertical" size={4}>
      {room.devices.map((device) => (
        <span key={device.id}>
          {device.name} <DeviceStateTag state={device.state} /> <SeenTag device={device} />
        </span>
      ))}
    </Space>
  );
}

interface OutValues {
  reason: string;
  outUntil?: Dayjs | null;
}

/** Asks why, says what happens, and tells what became of the room's calls. */
function OutForm({
  room,
  open,
  onClose,
  onDone,
}: {
  room: VenueRoomView;
  open: boolean;
  onClose: () => void;
  onDone: () => Promise<unknown>;
}) {
  const t = useText();
  const { modal } = App.useApp();
  const save = async ({ reason, outUntil }: OutValues) => {
    const body = { inService: false, reason, outUntil: outUntil?.toISOString() ?? null, version: room.version };
    const { result } = await api.setRoomState({ params: { id: room.id }, body });
    await onDone();
    const say = result.unplaced.length + result.underway > 0 ? modal.warning : modal.success;
    say({ title: t('venues.wentOut', { room: room.name }), content: resultText(result, t) });
  };
  return (
    <FormModal<OutValues>
      title={t('venues.putOutTitle', { room: room.name })}
      open={open}
      onClose={onClose}
      onSave={save}
      saveText={t('venues.putOut')}
      testId="room-out-form"
    >
      <p>{t('venues.putOutText')}</p>
      <Form.Item name="reason" label={t('common.reason')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input maxLength={200} data-testid="room-out-reason" />
      </Form.Item>
      <Form.Item name="outUntil" label={t('venues.until')} extra={t('venues.untilHint')}>
        <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" style={{ width: '100%' }} />
      </Form.Item>
    </FormModal>
  );
}
