import type { BoardItem } from '@qinqiao/contracts';
import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from 'react';

/** Pixels after which a press becomes a drag. */
const SLACK = 6;

export interface Drag {
  item: BoardItem;
  /** The room below the pointer; null outside of all. */
  roomId: string | null;
  x: number;
  y: number;
}

const roomAt = (x: number, y: number): string | null =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-room-id]')?.dataset['roomId'] ?? null;

/** Drags calls with mouse, pen or finger. `onDrop` is told over which room one was let go; a press without a drag is a click. */
export function useDrag(onDrop: (item: BoardItem, roomId: string) => void) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const pressed = useRef<{ item: BoardItem; x: number; y: number; dragged: boolean } | null>(null);
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });
  useEffect(() => {
    const move = (event: PointerEvent) => {
      const press = pressed.current;
      if (!press) return;
      const { clientX: x, clientY: y } = event;
      if (!press.dragged && Math.hypot(x - press.x, y - press.y) < SLACK) return;
      press.dragged = true;
      event.preventDefault();
      setDrag({ item: press.item, roomId: roomAt(x, y), x, y });
    };
    const end = (event: PointerEvent) => {
      const press = pressed.current;
      pressed.current = null;
      setDrag(null);
      if (!press?.dragged || event.type === 'pointercancel') return;
      // The click that follows the drag is none.
      window.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
      const roomId = roomAt(event.clientX, event.clientY);
      if (roomId !== null && roomId !== press.item.roomId) drop.current(press.item, roomId);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      pressed.current = null;
      setDrag(null);
    };
    window.addEventListener('pointermove', move, { passive: false });
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', escape);
    return () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', escape);
    };
  }, []);
  const press = useCallback((item: BoardItem, event: ReactPointerEvent) => {
    if (!item.movable || event.button !== 0) return;
    pressed.current = { item, x: event.clientX, y: event.clientY, dragged: false };
  }, []);
  return { drag, press };
}

const swallow = (event: Event) => {
  event.stopPropagation();
  event.preventDefault();
};
