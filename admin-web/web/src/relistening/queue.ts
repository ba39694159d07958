/** Conversations that are listened to one after the other; kept as long as the window. */
export interface Queued {
  id: string;
  name: string;
}

const KEY = 'qinqiao.relistening.queue';
const MOST = 200;

export function readQueue(): Queued[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? (stored as Queued[]) : [];
  } catch {
    return [];
  }
}

export function storeQueue(queue: readonly Queued[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(queue.slice(0, MOST)));
  } catch {
    // Without storage each is listened to by itself.
  }
}

/** Where a conversation stands in the queue, and its neighbours. */
export function placeIn(queue: readonly Queued[], id: string): { at: number; count: number; previous: Queued | null; next: Queued | null } {
  const at = queue.findIndex((one) => one.id === id);
  return { at, count: queue.length, previous: (at > 0 && queue[at - 1]) || null, next: (at >= 0 && queue[at + 1]) || null };
}
