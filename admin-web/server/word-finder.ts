import { type WordHit, WordLists } from '@qinqiao/domain/words';
import type { Clock, Db } from '@qinqiao/server-kit';

/** Looks for a prison's sensitive words in a text, with the list as it is now; it is read and made ready only when it has changed. */
export function wordFinder(deps: { db: Db; clock: Clock }): (prisonId: string) => Promise<(text: string) => WordHit[]> {
  const lists = new WordLists(deps);
  return async (prisonId) => {
    await lists.refresh();
    const { matcher } = lists.lookFor(prisonId);
    return (text) => matcher.find(text);
  };
}
