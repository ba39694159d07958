import type { SpeechEngineHealth, SpeechEngineState } from '@qinqiao/contracts';
import { type Clock, type Db, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import type { SpeechTables } from './migrations.ts';

type Row = SpeechTables['speech_engine_health'];
const tables = (db: Db) => db.withTables<SpeechTables>();
/** A bridge that has said nothing for so long is gone. */
const FRESH_MS = 20_000;

export type EngineReport = Omit<Row, 'instance' | 'at'>;

/** Stores what a bridge says of its engines, and forgets bridges that are long gone. */
export async function saveHealth(db: Db, instance: string, reports: readonly EngineReport[], clock: Clock): Promise<void> {
  const at = toInstant(clock.now());
  for (const report of reports) {
    const row: Row = { ...report, fault: cut(report.fault), last_fault: cut(report.last_fault), instance, at };
    const query = tables(db).updateTable('speech_engine_health').set(row);
    const done = await query.where('engine_id', '=', row.engine_id).where('instance', '=', instance).executeTakeFirst();
    if (done.numUpdatedRows > 0n) continue;
    await tables(db)
      .insertInto('speech_engine_health')
      .values(row)
      .execute()
      .catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
      });
  }
  const gone = toInstant(clock.now().getTime() - 10 * FRESH_MS);
  await tables(db).deleteFrom('speech_engine_health').where('at', '<', gone).execute();
}

const cut = (text: string | null) => text?.slice(0, 500) ?? null;
const WORST: SpeechEngineState[] = ['down', 'slow', 'busy', 'ready', 'off'];

/** What all bridges that live say of each engine, together. */
export async function engineHealth(db: Db, clock: Clock): Promise<Map<string, SpeechEngineHealth>> {
  const since = toInstant(clock.now().getTime() - FRESH_MS);
  const rows = await tables(db).selectFrom('speech_engine_health').selectAll().where('at', '>=', since).execute();
  const byEngine = Map.groupBy(rows, (row) => row.engine_id);
  return new Map([...byEngine].map(([id, all]) => [id, together(all)]));
}

function together(rows: Row[]): SpeechEngineHealth {
  const [worst] = rows.toSorted((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
  const [faulty] = rows
    .filter((row) => row.last_fault_at !== null)
    .toSorted((a, b) => ((a.last_fault_at ?? '') < (b.last_fault_at ?? '') ? 1 : -1));
  return {
    state: worst?.state ?? 'off',
    streams: rows.reduce((sum, row) => sum + row.streams, 0),
    offlineStreams: rows.reduce((sum, row) => sum + row.offline_streams, 0),
    fault: worst?.fault ?? null,
    since: worst?.since ?? null,
    lastFault: faulty?.last_fault ?? null,
    lastFaultAt: faulty?.last_fault_at ?? null,
    delayMs: Math.max(0, ...rows.map((row) => row.delay_ms)),
    at:
      rows
        .map((row) => row.at)
        .toSorted()
        .at(-1) ?? null,
  };
}

export const UNKNOWN_HEALTH: SpeechEngineHealth = {
  state: 'off',
  streams: 0,
  offlineStreams: 0,
  fault: null,
  since: null,
  lastFault: null,
  lastFaultAt: null,
  delayMs: 0,
  at: null,
};
