import type { WordHit } from '@qinqiao/domain/words';
import type { Clock, Db } from '@qinqiao/server-kit';
import { wordListsOf } from './word-lists.ts';

/** Looks for a prison's sensitive words in a text, with the list as it is now; it is read and made ready only when it has changed. */
export function wordFinder(deps: { db: Db; clock: Clock }): (prisonId: string) => Promise<(text: string) => WordHit[]> {
  const lists = wordListsOf(deps);
  return async (prisonId) => {
    await lists.refresh();
    const { matcher } = lists.lookFor(prisonId);
    return (text) => matcher.find(text);
  };
}
