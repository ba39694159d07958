import { PushpinFilled } from '@ant-design/icons';
import type { BoardItem } from '@qinqiao/contracts';
import { memo, type PointerEvent } from 'react';
import { useText } from '../i18n/index.ts';
import { nameOf, timesOf } from './clash-text.ts';
import { type Axis, lookOf, shareOf } from './timeline.ts';

interface Props {
  item: BoardItem;
  /** Where it lies on the line; without it the bar flows, as in the tray. */
  axis?: Axis;
  dragged: boolean;
  onPress: (item: BoardItem, event: PointerEvent) => void;
  onOpen: (item: BoardItem) => void;
}

/** One call. Hundreds of them are on the board: drawn anew only when theirs changed. */
export const Bar = memo(function Bar({ item, axis, dragged, onPress, onOpen }: Props) {
  const t = useText();
  const look = lookOf(item);
  const name = nameOf(item, t);
  const place = axis && {
    left: `${shareOf(axis, Date.parse(item.startsAt)) * 100}%`,
    width: `${(shareOf(axis, Date.parse(item.endsAt)) - shareOf(axis, Date.parse(item.startsAt))) * 100}%`,
  };
  const label = [timesOf(item), name, item.people?.wardName, t(`venues.looks.${look}`)].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      className={`venue-bar is-${look}${item.movable ? ' is-movable' : ''}${dragged ? ' is-dragged' : ''}`}
      style={place}
      title={label}
      aria-label={label}
      data-testid="venue-bar"
      data-item-id={item.id}
      data-look={look}
      disabled={item.people === null}
      onPointerDown={(event) => onPress(item, event)}
      onClick={() => onOpen(item)}
    >
      <b>{name}</b>
      <small>{axis ? item.people?.wardName : `${timesOf(item)} · ${item.people?.wardName ?? ''}`}</small>
      {item.pinned && item.appointmentId !== null && <PushpinFilled className="venue-pin" />}
    </button>
  );
});
