import type { CallBucket, CallCountFilter, CallCountView } from '@qinqiao/contracts';
import { addDays, type CryptoProvider, type Db, instantAt } from '@qinqiao/server-kit';
import { listInmates } from '../people/index.ts';
import { recordTables } from './records.ts';

interface Asked extends CallCountFilter {
  cursor?: string | undefined;
  limit: number;
}

/** A page of inmates by number, each with the video calls of these days in which both were seen. Throws `bad_request` for a foreign cursor. */
export async function listCallCounts(
  db: Db,
  crypto: CryptoProvider,
  { from, to, ...filter }: Asked,
): Promise<{ items: CallCountView[]; next: string | null }> {
  const { items, next } = await listInmates(db, crypto, filter);
  const counted = await countsOf(
    db,
    items.map(({ id }) => id),
    { from, to },
  );
  return {
    items: items.map(({ id, name, number, prisonName, wardName }) => ({
      inmateId: id,
      inmateName: name,
      inmateNumber: number,
      prisonName,
      wardName,
      ...(counted.get(id) ?? NONE),
    })),
    next,
  };
}

type Counts = Pick<CallCountView, 'calls' | CallBucket | 'minutes' | 'lastAt'>;
const NONE: Counts = { calls: 0, ordinary: 0, extra: 0, special: 0, minutes: 0, lastAt: null };

async function countsOf(db: Db, ids: readonly string[], { from, to }: Pick<Asked, 'from' | 'to'>): Promise<Map<string, Counts>> {
  if (ids.length === 0) return new Map();
  const rows = await recordTables(db)
    .selectFrom('calls')
    .leftJoin('appointments', 'appointments.call_id', 'calls.id')
    .select(({ fn }) => ['calls.inmate_id', 'appointments.bucket', fn.countAll<number>().as('calls')])
    .select(({ fn }) => [fn.sum<number>('calls.talked_ms').as('talked_ms'), fn.max('calls.starts_at').as('last_at')])
    .where('calls.inmate_id', 'in', ids)
    .where('calls.talked_ms', '>', 0)
    .$if(from !== undefined, (query) => query.where('calls.starts_at', '>=', instantAt(from ?? '', '00:00')))
    .$if(to !== undefined, (query) => query.where('calls.starts_at', '<', instantAt(addDays(to ?? '', 1), '00:00')))
    .groupBy(['calls.inmate_id', 'appointments.bucket'])
    .execute();
  const counted = new Map<string, Counts>();
  for (const { inmate_id, bucket, calls, talked_ms, last_at } of rows) {
    const sum = counted.get(inmate_id) ?? { ...NONE };
    sum.calls += Number(calls);
    sum[bucket ?? 'ordinary'] += Number(calls);
    sum.minutes += Number(talked_ms) / 60_000;
    if (sum.lastAt === null || last_at > sum.lastAt) sum.lastAt = last_at;
    counted.set(inmate_id, sum);
  }
  for (const sum of counted.values()) sum.minutes = Math.round(sum.minutes);
  return counted;
}
