import { ThunderboltOutlined } from '@ant-design/icons';
import type { BoardItem, VenueRoomView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Badge, Button, DatePicker, Segmented, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useCallback, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { Board } from './board.tsx';
import { clashText } from './clash-text.ts';
import { ItemDrawer } from './item-drawer.tsx';
import { RoomDrawer } from './room-drawer.tsx';
import { clashOf, forbids, lookOf } from './timeline.ts';
import { useDrag } from './use-drag.ts';
import './venues.css';

const REFRESH_MS = 3000;

/** Who is in which room today (V22): seen live, moved by hand, assigned anew. */
export function VenuesPage() {
  const t = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { prisons } = usePlaces();
  const [chosen, setChosen] = useState<string | null>(null);
  const [day, setDay] = useState<Dayjs>(() => dayjs());
  const [item, setItem] = useState<string | null>(null);
  const [room, setRoom] = useState<string | null>(null);
  const [wide, setWide] = useState(false);
  const mayEdit = useAllowed('venue.edit');
  const { busy, act } = useAct();
  const prisonId = chosen ?? prisons[0]?.value ?? null;
  const queryKey = ['venues', prisonId, day.format('YYYY-MM-DD')];
  const query = { prisonId: prisonId ?? '', day: day.format('YYYY-MM-DD') };
  const board = useQuery({
    queryKey,
    queryFn: () => api.getVenueBoard({ query }),
    enabled: prisonId !== null,
    refetchInterval: REFRESH_MS,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ['venues'] });
  const move = async (moved: BoardItem, roomId: string) => {
    const target = board.data?.rooms.find(({ id }) => id === roomId);
    if (!board.data || !target) return;
    const clash = clashOf(moved, target, board.data.items, board.data.bufferMinutes);
    if (clash && forbids(clash)) {
      message.error(clashText(clash, t));
      return;
    }
    await act(() => api.moveToRoom({ body: { itemId: moved.id, roomId } }), t('venues.moved', { room: target.name }));
    await refresh();
  };
  const { drag, press } = useDrag((moved, roomId) => void move(moved, roomId));
  const openItem = useCallback(({ id }: BoardItem) => setItem(id), []);
  const openRoom = useCallback(({ id }: VenueRoomView) => setRoom(id), []);
  const assign = async () => {
    const done: { text?: string } = {};
    await act(async () => {
      const { placed, moved, unplaced } = await api.assignVenues({ body: query });
      done.text = t('venues.assigned', { placed, moved, unplaced: unplaced.length });
    });
    if (done.text) message.success(done.text);
    await refresh();
  };
  const live = board.data?.items.filter((one) => lookOf(one) === 'live').length ?? 0;
  const filters = (
    <>
      {prisons.length > 1 && (
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={prisons}
          value={prisonId}
          onChange={setChosen}
          style={{ minWidth: 200 }}
          data-testid="venue-prison"
        />
      )}
      <DatePicker value={day} onChange={(picked: Dayjs | null) => setDay(picked ?? dayjs())} allowClear={false} data-testid="venue-day" />
      <Button onClick={() => setDay(dayjs())}>{t('venues.today')}</Button>
      <Button onClick={() => setDay(dayjs().add(1, 'day'))} data-testid="venue-tomorrow">
        {t('venues.tomorrow')}
      </Button>
      <Segmented
        value={wide}
        onChange={setWide}
        options={[
          { value: false, label: t('venues.compact') },
          { value: true, label: t('venues.wide') },
        ]}
        data-testid="venue-width"
      />
      <Legend />
    </>
  );
  const actions = mayEdit && (
    <Button type="primary" icon={<ThunderboltOutlined />} loading={busy} onClick={() => void assign()} data-testid="venue-assign">
      {t('venues.assign')}
    </Button>
  );
  const hint = <Badge status={live > 0 ? 'processing' : 'default'} text={t('venues.liveNow', { count: live })} />;
  return (
    <PageFrame title={t('venues.title')} hint={hint} actions={actions} filters={filters} testId="venues-page">
      {board.isError && board.data && <Alert type="warning" showIcon banner title={t('calls.stale')} />}
      {board.isError && !board.data && <ErrorView error={board.error} onRetry={() => void board.refetch()} />}
      {board.isPending && prisonId !== null && <PageLoading />}
      {board.data && (
        <Board board={board.data} drag={drag} mayEdit={mayEdit} wide={wide} onPress={press} onOpen={openItem} onRoom={openRoom} />
      )}
      {board.data && (
        <>
          <ItemDrawer board={board.data} id={item} onClose={() => setItem(null)} onMove={move} onChanged={refresh} />
          <RoomDrawer board={board.data} id={room} onClose={() => setRoom(null)} onChanged={refresh} />
        </>
      )}
    </PageFrame>
  );
}

function Legend() {
  const t = useText();
  const looks = ['coming', 'open', 'live', 'paused', 'visit', 'over'] as const;
  return (
    <span className="venue-legend">
      {looks.map((look) => (
        <span key={look}>
          <i className={`venue-bar is-${look}`} />
          {t(`venues.looks.${look}`)}
        </span>
      ))}
    </span>
  );
}
