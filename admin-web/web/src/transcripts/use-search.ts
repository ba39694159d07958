import type { RestInput } from '@qinqiao/contracts';
import { useAddressFilter } from '../components/use-address-filter.ts';

type Query = NonNullable<RestInput<'searchTranscripts'>['query']>;
/** What is looked for, as the address says it. */
export type Filter = Partial<Omit<Query, 'cursor' | 'limit'>>;
const NAMES = ['text', 'prisonId', 'wardId', 'inmateId', 'kind', 'speaker', 'from', 'to'] as const;

export type Change = Partial<Record<(typeof NAMES)[number], string | undefined>>;

/** What was searched for, as the address says it: going back from the player shows the same. */
export const useSearch = () => useAddressFilter<Filter>(NAMES);
