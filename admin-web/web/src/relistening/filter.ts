import type { RestInput } from '@qinqiao/contracts';
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

type Query = NonNullable<RestInput<'listConversations'>['query']>;
/** What the list is narrowed to, as its address says, so that going back shows the same list. */
export type Filter = Omit<Query, 'cursor' | 'limit'>;

const NAMES = [
  ...([
    'prisonId',
    'wardId',
    'inmateId',
    'familyId',
    'kind',
    'text',
    'from',
    'to',
    'words',
    'warnings',
    'abnormal',
    'held',
    'attention',
  ] as const),
  ...(['recording', 'listening', 'assignee', 'overdue', 'secondDue'] as const),
];

export function useFilter(): { filter: Filter; set: (change: Partial<Record<keyof Filter, string | undefined>>) => void } {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(
    () => Object.fromEntries(NAMES.flatMap((name) => (search.get(name) === null ? [] : [[name, search.get(name)]]))) as Filter,
    [search],
  );
  const set = useCallback(
    (change: Partial<Record<keyof Filter, string | undefined>>) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true },
      ),
    [setSearch],
  );
  return { filter, set };
}

export const WORKS = {
  me: { assignee: 'me', overdue: undefined, secondDue: undefined },
  nobody: { assignee: 'nobody', overdue: undefined, secondDue: undefined },
  overdue: { assignee: undefined, overdue: 'true', secondDue: undefined },
  second: { assignee: undefined, overdue: undefined, secondDue: 'true' },
  mySecond: { assignee: 'me', overdue: undefined, secondDue: 'true' },
} as const;
export type Work = keyof typeof WORKS;

/** Which of the tasks a filter shows. */
export function workOf({ assignee, overdue, secondDue }: Filter): Work | null {
  if (secondDue) return assignee === 'me' ? 'mySecond' : 'second';
  if (overdue) return 'overdue';
  return assignee === 'me' || assignee === 'nobody' ? assignee : null;
}
