import type { Receiver } from './dispatcher.ts';

/** What one subject takes, by topic. */
export type Receivers = Readonly<Record<string, Receiver>>;

/**
 * One set of receivers out of those of several subjects. Of a topic that several take each gets every message; when one fails the message comes
 * again to all of them, which receivers allow for.
 */
export function composeReceivers(...sets: readonly Receivers[]): Receivers {
  const topics = new Set(sets.flatMap((set) => Object.keys(set)));
  return Object.fromEntries(
    [...topics].map((topic) => {
      const takers = sets.flatMap((set) => set[topic] ?? []);
      const receive: Receiver = async (message) => {
        for (const take of takers) await take(message);
      };
      return [topic, receive];
    }),
  );
}
