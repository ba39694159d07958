import type { BoardItem, VenueBoard } from '@qinqiao/contracts';
import { Alert, Button, Descriptions, Drawer, Select, Space, Tag } from 'antd';
import { useState } from 'react';
import { StateTag } from '../components/call-badges.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { clashText, timesOf } from './clash-text.ts';
import { clashOf, forbids } from './timeline.ts';

interface Props {
  board: VenueBoard;
  id: string | null;
  onClose: () => void;
  onMove: (item: BoardItem, roomId: string) => Promise<void>;
  onChanged: () => Promise<unknown>;
}

/** One call, and the way to another room for who does not drag. */
export function ItemDrawer({ board, id, onClose, onMove, onChanged }: Props) {
  const t = useText();
  const item = board.items.find((each) => each.id === id);
  return (
    <Drawer open={item !== undefined} onClose={onClose} size={460} title={t('venues.callTitle')} destroyOnHidden data-testid="venue-item">
      {item?.people && <Content item={item} board={board} onMove={onMove} onChanged={onChanged} />}
    </Drawer>
  );
}

function Content({ item, board, onMove, onChanged }: { item: BoardItem } & Pick<Props, 'board' | 'onMove' | 'onChanged'>) {
  const t = useText();
  const { act } = useAct();
  const mayEdit = useAllowed('venue.edit');
  const room = board.rooms.find(({ id }) => id === item.roomId);
  const { people } = item;
  if (!people) return null;
  const rows = [
    { key: 'time', label: t('calls.time'), children: <span className="digits">{timesOf(item)}</span> },
    { key: 'inmate', label: t('calls.inmate'), children: `${people.inmateName} ${people.inmateNumber}` },
    { key: 'ward', label: t('calls.ward'), children: people.wardName },
    { key: 'family', label: t('calls.family'), children: t('common.bracketed', { text: people.familyName, more: people.relation }) },
    { key: 'kind', label: t('venues.kind'), children: t(`venues.kinds.${item.kind}`) },
    { key: 'state', label: t('calls.state'), children: item.callState ? <StateTag state={item.callState} /> : t('venues.looks.coming') },
    {
      key: 'room',
      label: t('venues.room'),
      children: (
        <>
          {room?.name ?? t('venues.noRoom')} {item.pinned && <Tag>{t('venues.pinned')}</Tag>}
        </>
      ),
    },
  ];
  return (
    <Space orientation="vertical" size={16} style={{ width: '100%' }}>
      <Descriptions bordered size="small" column={1} items={rows} />
      {mayEdit &&
        (item.movable ? (
          <MoveForm key={item.roomId} item={item} board={board} onMove={onMove} />
        ) : (
          <Alert showIcon title={t('venues.notMovable')} />
        ))}
      {mayEdit && item.pinned && item.appointmentId !== null && (
        <Button
          onClick={() => void act(() => api.unpinFromRoom({ body: { itemId: item.id } }), t('common.done')).then(onChanged)}
          data-testid="venue-unpin"
        >
          {t('venues.unpin')}
        </Button>
      )}
    </Space>
  );
}

function MoveForm({ item, board, onMove }: { item: BoardItem } & Pick<Props, 'board' | 'onMove'>) {
  const t = useText();
  const [roomId, setRoomId] = useState<string | null>(item.roomId);
  const clashIn = (id: string) => {
    const room = board.rooms.find((each) => each.id === id);
    return room ? clashOf(item, room, board.items, board.bufferMinutes) : null;
  };
  const clash = roomId === null || roomId === item.roomId ? null : clashIn(roomId);
  const options = board.rooms.map(({ id, name }) => {
    const found = id === item.roomId ? null : clashIn(id);
    return { value: id, label: forbids(found) && found ? `${name} — ${clashText(found, t)}` : name };
  });
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <b>{t('venues.moveTo')}</b>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        style={{ width: '100%' }}
        value={roomId}
        onChange={setRoomId}
        options={options}
        placeholder={t('venues.room')}
        data-testid="venue-move-room"
      />
      {clash && <Alert type={forbids(clash) ? 'error' : 'warning'} showIcon title={clashText(clash, t)} />}
      <Button
        type="primary"
        disabled={roomId === null || roomId === item.roomId || forbids(clash)}
        onClick={() => roomId !== null && void onMove(item, roomId)}
        data-testid="venue-move"
      >
        {t('venues.move')}
      </Button>
    </Space>
  );
}
