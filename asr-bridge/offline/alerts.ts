import type { WordAlert } from '@qinqiao/contracts';
import { listAlerts } from '@qinqiao/domain/words';
import type { Db } from '@qinqiao/server-kit';

/** The same word of the same speaker so near in time is the same event. */
const SAME_MS = 1500;
const PAGE = 100;

/** Of what was found in a recording, the alerts that have not been raised while it was spoken. */
export async function newAlerts(db: Db, conversationId: string, found: readonly WordAlert[]): Promise<WordAlert[]> {
  if (found.length === 0) return [];
  const known: WordAlert[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: Awaited<ReturnType<typeof listAlerts>> = await listAlerts(db, conversationId, {
      limit: PAGE,
      ...(cursor ? { cursor } : {}),
    });
    known.push(...page.items.filter(({ state }) => state !== 'unconfirmed'));
    cursor = page.next;
  }
  const fresh: WordAlert[] = [];
  for (const alert of found) {
    const isKnown = [...known, ...fresh].some(
      (one) =>
        one.word === alert.word && one.speaker === alert.speaker && Math.abs(one.atMs - alert.atMs) <= SAME_MS && !isBeside(one, alert),
    );
    if (!isKnown) fresh.push(alert);
  }
  return fresh;
}

/** Said twice in one text, a word is two events however near they are. */
const isBeside = (one: WordAlert, other: WordAlert) => one.segmentId === other.segmentId && one.offset !== other.offset;
