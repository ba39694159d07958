import type { SpaceLevel, StorageNotice, StorageView } from '@qinqiao/contracts';
import { type Clock, dayOf, type Db, type ObjectStore, type StoreSpace, toInstant } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { readParameters } from '../settings/index.ts';
import type { RecordingTables, StoreName } from './migrations.ts';
import { waitingSeals } from './seals.ts';
import type { RecordingStores } from './stores.ts';

const tables = (db: Db) => db.withTables<RecordingTables>();
const DAY_MS = 86_400_000;
/** Growth is taken from so many days. */
const GROWTH_DAYS = 14;
const SHOWN_DAYS = 30;
const GB = 1e9;

export interface UsageDeps {
  db: Db;
  clock: Clock;
  stores: Pick<RecordingStores, 'hot' | 'cold'>;
}

const LEVELS = ['storage.warnPercent', 'storage.criticalPercent', 'storage.warnDays', 'storage.capacityGb'] as const;

/** How full the stores are, how they grow, and what waits. A store that does not answer says so, and no error is thrown. */
export async function storageView({ db, clock, stores }: UsageDeps): Promise<StorageView> {
  const parameters = await readParameters(db, LEVELS);
  const capacity = parameters['storage.capacityGb'] === 0 ? null : parameters['storage.capacityGb'] * GB;
  const hot = await oneStore(db, 'hot', stores.hot, capacity);
  const views = stores.cold ? [hot, await oneStore(db, 'cold', stores.cold, null)] : [hot];
  const growth = await growthOf(db, clock);
  const forecast = forecastOf(hot, growth.bytesPerDay, parameters);
  const held = await tables(db)
    .selectFrom('recordings')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('held', '=', 1)
    .executeTakeFirstOrThrow();
  const seals = await waitingSeals(db);
  return { stores: views, forecast, growth, byDay: await sealedByDay(db, clock), ...seals, held: Number(held.count) };
}

/** Only whether space runs out, and whether recordings cannot be stored. */
export async function storageNotice({ db, clock, stores }: UsageDeps): Promise<StorageNotice> {
  const parameters = await readParameters(db, LEVELS);
  const space = await stores.hot.space().catch(() => ({ freeBytes: null, totalBytes: null }));
  const { failing } = await waitingSeals(db);
  const capacity = parameters['storage.capacityGb'];
  // Every officer's page asks: what is stored is summed up only where the store does not tell.
  const known = space.freeBytes !== null || capacity === 0 ? space : await oneStore(db, 'hot', stores.hot, capacity * GB);
  return { ...forecastOf(known, (await growthOf(db, clock)).bytesPerDay, parameters), failing };
}

async function oneStore(db: Db, name: StoreName, store: ObjectStore, capacity: number | null): Promise<StorageView['stores'][number]> {
  const sums = await tables(db)
    .selectFrom('recordings')
    .select((eb) => [eb.fn.countAll<number | string>().as('recordings'), eb.fn.sum<number | string | null>('stored_bytes').as('bytes')])
    .where('store', '=', name)
    .where('state', '=', 'ready')
    .executeTakeFirstOrThrow();
  const usedBytes = Number(sums.bytes ?? 0);
  const base = { name, place: store.place, recordings: Number(sums.recordings), usedBytes };
  const space = await store.space().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof space === 'string') return { ...base, freeBytes: null, totalBytes: null, error: space };
  return { ...base, ...sized(space, usedBytes, capacity), error: null };
}

/** Object stores do not tell their size: it is what the installation says. */
function sized({ freeBytes, totalBytes }: StoreSpace, usedBytes: number, capacity: number | null): StoreSpace {
  if (freeBytes !== null || capacity === null) return { freeBytes, totalBytes };
  return { freeBytes: Math.max(0, capacity - usedBytes), totalBytes: capacity };
}

/** Sealed less deleted and moved away, per day; of a younger installation over the days it has. */
async function growthOf(db: Db, clock: Clock): Promise<StorageView['growth']> {
  const now = clock.now().getTime();
  const since = toInstant(now - GROWTH_DAYS * DAY_MS);
  const sealed = await tables(db)
    .selectFrom('recordings')
    .select((eb) => [eb.fn.sum<number | string | null>('stored_bytes').as('bytes'), eb.fn.min('sealed_at').as('first')])
    .where('store', 'is not', null)
    .where('sealed_at', '>=', since)
    .executeTakeFirstOrThrow();
  const gone = await tables(db)
    .selectFrom('recording_tombstones')
    .select((eb) => eb.fn.sum<number | string | null>('bytes').as('bytes'))
    .where('deleted_at', '>=', since)
    .executeTakeFirstOrThrow();
  const days = sealed.first === null ? GROWTH_DAYS : Math.min(GROWTH_DAYS, Math.max(1, (now - Date.parse(sealed.first)) / DAY_MS));
  return { bytesPerDay: Math.round((Number(sealed.bytes ?? 0) - Number(gone.bytes ?? 0)) / days), days: Math.round(days * 10) / 10 };
}

/** From the free space of the store that new recordings go to. */
export function forecastOf(
  { freeBytes, totalBytes }: StoreSpace,
  bytesPerDay: number,
  levels: { 'storage.warnPercent': number; 'storage.criticalPercent': number; 'storage.warnDays': number },
): StorageView['forecast'] {
  const used = freeBytes === null || totalBytes === null || totalBytes === 0 ? null : 1 - freeBytes / totalBytes;
  const daysLeft = freeBytes === null || bytesPerDay <= 0 ? null : Math.floor(freeBytes / bytesPerDay);
  const warnDays = levels['storage.warnDays'];
  const percent = (used ?? 0) * 100;
  const reached = (share: number, days: number) => percent >= share || (daysLeft !== null && daysLeft < days);
  const level: SpaceLevel = reached(levels['storage.criticalPercent'], warnDays / 4)
    ? 'critical'
    : reached(levels['storage.warnPercent'], warnDays)
      ? 'warning'
      : 'ok';
  return { level, daysLeft, used };
}

async function sealedByDay(db: Db, clock: Clock): Promise<StorageView['byDay']> {
  const since = toInstant(clock.now().getTime() - SHOWN_DAYS * DAY_MS);
  // By the hour, as a day of the prison is not one of UTC.
  const hour = sql<string>`substr(sealed_at, 1, 13)`;
  const rows = await tables(db)
    .selectFrom('recordings')
    .select((eb) => [
      hour.as('hour'),
      eb.fn.countAll<number | string>().as('recordings'),
      eb.fn.sum<number | string>('stored_bytes').as('bytes'),
    ])
    .where('store', 'is not', null)
    .where('sealed_at', '>=', since)
    .groupBy(hour)
    .execute();
  const days = new Map<string, { day: string; bytes: number; recordings: number }>();
  for (const row of rows) {
    const day = dayOf(`${row.hour}:00:00.000Z`);
    const sum = days.get(day) ?? { day, bytes: 0, recordings: 0 };
    days.set(day, { day, bytes: sum.bytes + Number(row.bytes), recordings: sum.recordings + Number(row.recordings) });
  }
  return [...days.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1));
}
