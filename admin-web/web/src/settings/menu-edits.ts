import type { MenuEntry, MenuLayout } from '@qinqiao/contracts';

/** An id of twelve characters for something new. */
export const freshId = (): string => globalThis.crypto.randomUUID().replaceAll('-', '').slice(0, 12);

/** An entry with everything below it. */
export function withDescendants(entries: readonly MenuEntry[], id: string): Set<string> {
  const found = new Set([id]);
  for (let grown = true; grown; ) {
    const more = entries.filter((entry) => entry.parentId !== null && found.has(entry.parentId) && !found.has(entry.id));
    for (const entry of more) found.add(entry.id);
    grown = more.length > 0;
  }
  return found;
}

/** Puts an entry in the place of the one with its id, or at the end; what is below it goes to its subsystem with it. */
export function putEntry(layout: MenuLayout, entry: MenuEntry): MenuLayout {
  const there = layout.entries.some(({ id }) => id === entry.id);
  if (!there) return { ...layout, entries: [...layout.entries, entry] };
  const moved = withDescendants(layout.entries, entry.id);
  const place = (one: MenuEntry) => (moved.has(one.id) ? { ...one, subsystemId: entry.subsystemId } : one);
  return { ...layout, entries: layout.entries.map((one) => (one.id === entry.id ? entry : place(one))) };
}

export function removeEntry(layout: MenuLayout, id: string): MenuLayout {
  const gone = withDescendants(layout.entries, id);
  return { ...layout, entries: layout.entries.filter((entry) => !gone.has(entry.id)) };
}

/** Swaps an entry with its neighbour at the same place of the tree; at the edge nothing happens. */
export function moveEntry(layout: MenuLayout, entry: MenuEntry, step: -1 | 1): MenuLayout {
  const siblings = layout.entries.filter(({ subsystemId, parentId }) => subsystemId === entry.subsystemId && parentId === entry.parentId);
  const other = siblings[siblings.findIndex(({ id }) => id === entry.id) + step];
  if (!other) return layout;
  const swap = new Map([
    [entry.id, other],
    [other.id, entry],
  ]);
  return { ...layout, entries: layout.entries.map((one) => swap.get(one.id) ?? one) };
}

/** Entries of a subsystem, each before what is below it, with their depth. */
export function outline(
  layout: MenuLayout,
  subsystemId: string,
  parentId: string | null = null,
  depth = 0,
): { entry: MenuEntry; depth: number }[] {
  return layout.entries
    .filter((entry) => entry.subsystemId === subsystemId && entry.parentId === parentId)
    .flatMap((entry) => [{ entry, depth }, ...outline(layout, subsystemId, entry.id, depth + 1)]);
}
