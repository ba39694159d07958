import type { BoardItem, VenueBoard, VenueRoomView } from '@qinqiao/contracts';
import { Badge, Button, Tag, Tooltip } from 'antd';
import { type CSSProperties, memo, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { clockOf } from '../components/format.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { Bar } from './bar.tsx';
import { clashText, nameOf, timesOf } from './clash-text.ts';
import { type Axis, axisOf, clashOf, forbids, hoursOf, shareOf, waitingOf } from './timeline.ts';
import type { Drag } from './use-drag.ts';

interface Props {
  board: VenueBoard;
  drag: Drag | null;
  mayEdit: boolean;
  /** Hours are wide enough to read every name; else the day fits where it can. */
  wide: boolean;
  onPress: (item: BoardItem, event: PointerEvent) => void;
  onOpen: (item: BoardItem) => void;
  onRoom: (room: VenueRoomView) => void;
}

/** The day: rooms as rows, calls as bars on their time, and a tray with those that have no room. */
export function Board({ board, drag, mayEdit, wide, onPress, onOpen, onRoom }: Props) {
  const t = useText();
  const { rooms, items } = board;
  const axis = useMemo(() => axisOf(board.from, items), [board.from, items]);
  const waiting = useMemo(() => waitingOf(items, rooms), [items, rooms]);
  const hours = hoursOf(axis);
  const now = shareOf(axis, Date.parse(board.now));
  const scroller = useScrollToNow(board.from, now, wide);
  const target = drag ? rooms.find(({ id }) => id === drag.roomId) : undefined;
  const clash = drag && target && target.id !== drag.item.roomId ? clashOf(drag.item, target, items, board.bufferMinutes) : null;
  const press = mayEdit ? onPress : () => undefined;
  return (
    <>
      <section className={waiting.length > 0 ? 'venue-tray is-waiting' : 'venue-tray'} data-testid="venue-tray">
        <b>{waiting.length > 0 ? t('venues.unplaced', { count: waiting.length }) : t('venues.allPlaced')}</b>
        {waiting.map((item) => (
          <Bar key={item.id} item={item} dragged={drag?.item.id === item.id} onPress={press} onOpen={onOpen} />
        ))}
      </section>
      <div
        ref={scroller}
        className={wide ? 'panel venue-board scroll is-wide' : 'panel venue-board scroll'}
        style={{ '--hours': hours.length } as CSSProperties}
      >
        <div className="venue-line venue-axis">
          <span className="venue-room-name muted">{t('venues.room')}</span>
          <div className="venue-track">
            {hours.map((hour, index) => (
              <i key={hour} style={{ left: `${(index / hours.length) * 100}%` }}>{`${hour}:00`}</i>
            ))}
          </div>
        </div>
        {rooms.map((room) => (
          <Line
            key={room.id}
            room={room}
            items={items.filter(({ roomId }) => roomId === room.id)}
            axis={axis}
            now={now}
            draggedId={drag?.item.id ?? null}
            mark={target?.id === room.id && drag?.item.roomId !== room.id ? (forbids(clash) ? 'bad' : clash ? 'close' : 'good') : ''}
            onPress={press}
            onOpen={onOpen}
            onRoom={onRoom}
          />
        ))}
        {rooms.length === 0 && <p className="venue-none muted">{t('venues.noRooms')}</p>}
      </div>
      {drag && <Ghost drag={drag} text={clash && clashText(clash, t)} bad={forbids(clash)} t={t} />}
    </>
  );
}

/** Shows the present hour when the board comes up, or another day or width is chosen. */
function useScrollToNow(day: string, now: number, wide: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const shown = useRef('');
  useEffect(() => {
    const [box, key] = [ref.current, `${day} ${wide}`];
    if (!box || shown.current === key) return;
    shown.current = key;
    if (now > 0 && now < 1) box.scrollLeft = now * box.scrollWidth - box.clientWidth / 2;
  });
  return ref;
}

interface LineProps {
  room: VenueRoomView;
  items: BoardItem[];
  axis: Axis;
  now: number;
  draggedId: string | null;
  mark: '' | 'good' | 'close' | 'bad';
  onPress: (item: BoardItem, event: PointerEvent) => void;
  onOpen: (item: BoardItem) => void;
  onRoom: (room: VenueRoomView) => void;
}

const Line = memo(
  function Line({ room, items, axis, now, draggedId, mark, onPress, onOpen, onRoom }: LineProps) {
    return (
      <div
        className={`venue-line${room.inService ? '' : ' is-out'}${mark ? ` is-${mark}` : ''}`}
        data-testid="venue-room"
        data-room-id={room.id}
        data-room-name={room.name}
      >
        <RoomName room={room} onRoom={onRoom} />
        <div className="venue-track">
          {now > 0 && now < 1 && <i className="venue-now" style={{ left: `${now * 100}%` }} />}
          {items.map((item) => (
            <Bar key={item.id} item={item} axis={axis} dragged={item.id === draggedId} onPress={onPress} onOpen={onOpen} />
          ))}
        </div>
      </div>
    );
  },
  (before, after) => {
    const dragConcerns = ({ draggedId, items }: LineProps) => items.find(({ id }) => id === draggedId)?.id;
    return (
      JSON.stringify([before.room, before.items]) === JSON.stringify([after.room, after.items]) &&
      before.mark === after.mark &&
      before.now === after.now &&
      before.axis === after.axis &&
      before.onPress === after.onPress &&
      before.onOpen === after.onOpen &&
      before.onRoom === after.onRoom &&
      dragConcerns(before) === dragConcerns(after)
    );
  },
);

function RoomName({ room, onRoom }: { room: VenueRoomView; onRoom: (room: VenueRoomView) => void }) {
  const t = useText();
  const works = room.devices.filter(({ state }) => state === 'in_service');
  const status = works.some(({ online }) => online) ? 'success' : works.length > 0 ? 'warning' : 'error';
  const said = works.some(({ online }) => online) ? 'online' : works.length > 0 ? 'offline' : 'none';
  const out = room.outUntil ? t('venues.outUntil', { time: clockOf(room.outUntil) }) : t('venues.out');
  return (
    <span className="venue-room-name">
      <Tooltip title={t(`venues.tablet.${said}`)}>
        <Badge status={status} data-testid="venue-tablet" data-state={said} />
      </Tooltip>
      <Button type="link" size="small" onClick={() => onRoom(room)} data-testid="venue-room-open" title={room.name}>
        {room.name}
      </Button>
      {!room.inService && (
        <Tooltip title={room.reason}>
          <Tag color="red">{out}</Tag>
        </Tooltip>
      )}
    </span>
  );
}

/** The bar below the pointer, with what it clashes with. */
function Ghost({ drag, text, bad, t }: { drag: Drag; text: string | null; bad: boolean; t: Translate }) {
  return (
    <div
      className={bad ? 'venue-ghost is-bad' : text ? 'venue-ghost is-close' : 'venue-ghost'}
      style={{ transform: `translate(${drag.x + 14}px, ${drag.y + 12}px)` }}
      data-testid="venue-ghost"
    >
      <b>{nameOf(drag.item, t)}</b> <span className="digits">{timesOf(drag.item)}</span>
      {text && <small>{text}</small>}
    </div>
  );
}
