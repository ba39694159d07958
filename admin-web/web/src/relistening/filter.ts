import type { RestInput } from '@qinqiao/contracts';
import { useAddressFilter } from '../components/use-address-filter.ts';

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

export const useFilter = () => useAddressFilter<Filter>(NAMES);

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
