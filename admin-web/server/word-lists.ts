import { WordLists } from '@qinqiao/domain/words';
import type { Clock, Db } from '@qinqiao/server-kit';

const made = new WeakMap<Db, WordLists>();

/** The list of words that this server has ready; one for all who ask, as a long list takes its time and memory. */
export function wordListsOf({ db, clock }: { db: Db; clock: Clock }): WordLists {
  let lists = made.get(db);
  if (!lists) made.set(db, (lists = new WordLists({ db, clock })));
  return lists;
}
