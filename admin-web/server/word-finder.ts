import { loadWordList, type WordHit, WordMatcher, wordListVersion } from '@qinqiao/domain/words';
import type { Db } from '@qinqiao/server-kit';

/** Looks for a prison's sensitive words in a text, with the list as it is now; it is read and made ready only when it has changed. */
export function wordFinder(db: Db): (prisonId: string) => Promise<(text: string) => WordHit[]> {
  let known = -1;
  let matcher = new WordMatcher([]);
  return async (prisonId) => {
    if ((await wordListVersion(db)) !== known) {
      const { version, words } = await loadWordList(db);
      matcher = new WordMatcher(words);
      known = version;
    }
    const here = ({ word }: WordHit) => !word.prisonIds?.length || word.prisonIds.includes(prisonId);
    return (text) => matcher.find(text).filter(here);
  };
}
