import { listCallCounts, listCallRecords } from '@qinqiao/domain/call-records';
import { summarise } from './call-summary.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

/** Calls that are over, and how many each inmate had (V20). */
export function callRecordRoutes({ clock, crypto }: ServerDeps): Pick<RestHandlers, 'listCallRecords' | 'listCallCounts'> {
  return {
    listCallRecords: async ({ db, query }) => {
      const { items, next } = await listCallRecords(db, query);
      const calls = items.map(({ call }) => call);
      const summaries = await summarise(db, clock, calls, true);
      return { items: summaries.map((summary, index) => ({ ...summary, ...(items[index] as (typeof items)[number]).outcome })), next };
    },
    listCallCounts: ({ db, query }) => listCallCounts(db, crypto, query),
  };
}
