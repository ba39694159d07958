import { BUILT_IN_ENGINE, QinqiaoError, type SpeechEngineKind } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, encryptField, decryptField, isDuplicateKey, newId } from '@qinqiao/server-kit';
import type { SpeechTables } from './migrations.ts';

type Row = SpeechTables['speech_engines'];
const tables = (db: Db) => db.withTables<SpeechTables>();

/** What only some kinds of engines have. */
export interface EngineSettings {
  hotWords: boolean;
  ca: string;
  acceptAny: boolean;
  appId: string;
  language: 'zh-x-trial' | 'en';
}

export interface EngineDefinition extends EngineSettings {
  kind: SpeechEngineKind;
  name: string;
  url: string;
  enabled: boolean;
  capacity: number;
  offlineStreams: number;
  offlineSpeed: number;
}

export interface StoredEngine extends EngineDefinition {
  id: string;
  hasKey: boolean;
  /** Grows with each wish to look at it anew. */
  tries: number;
  version: number;
}

const SECRET = 'speech_engines.secret';

export async function listEngines(db: Db): Promise<StoredEngine[]> {
  return (await tables(db).selectFrom('speech_engines').selectAll().orderBy('name').execute()).map(toEngine);
}

/** The key of an engine; null when none is stored. Throws `data_damaged`, `key_unavailable`. */
export async function engineKey(db: Db, crypto: CryptoProvider, id: string): Promise<string | null> {
  const row = await tables(db).selectFrom('speech_engines').select('secret').where('id', '=', id).executeTakeFirst();
  return row?.secret ? decryptField(crypto, { field: SECRET, owner: id }, row.secret) : null;
}

interface Deps {
  db: Db;
  crypto: CryptoProvider;
}

/** Throws `bad_request` when a kind lacks what it needs, `name_taken`. In the caller's transaction. */
export async function addEngine(
  { db, crypto }: Deps,
  definition: EngineDefinition,
  key: string | undefined,
  at: string,
): Promise<StoredEngine> {
  demand(definition, key !== undefined && key !== '');
  const id = newId();
  const secret = key ? await encryptField(crypto, { field: SECRET, owner: id }, key) : null;
  const row: Row = { id, ...columnsOf(definition), secret, tries: 0, created_at: at, version: 1 };
  await unlessTaken(tables(db).insertInto('speech_engines').values(row).execute());
  return toEngine(row);
}

/** Without `key` the stored one stays. Throws as `addEngine`, and `not_found`, `edit_conflict`. Answers it before and after. */
export async function changeEngine(
  { db, crypto }: Deps,
  id: string,
  version: number,
  definition: EngineDefinition,
  key: string | undefined,
): Promise<{ before: StoredEngine; after: StoredEngine }> {
  const row = await locked(db, id, version);
  const secret = key ? await encryptField(crypto, { field: SECRET, owner: id }, key) : row.secret;
  demand(definition, secret !== null);
  const changed = { ...row, ...columnsOf(definition), secret, version: version + 1 };
  await unlessTaken(tables(db).updateTable('speech_engines').set(changed).where('id', '=', id).execute());
  return { before: toEngine(row), after: toEngine(changed) };
}

/** Also out of every prison's order. Throws `not_found`, `edit_conflict`. */
export async function removeEngine(db: Db, id: string, version: number): Promise<StoredEngine> {
  const row = await locked(db, id, version);
  await tables(db).deleteFrom('speech_engines').where('id', '=', id).execute();
  await tables(db).deleteFrom('speech_engine_health').where('engine_id', '=', id).execute();
  for (const route of await storedRoutes(db)) {
    if (!route.engines.includes(id)) continue;
    const engines = JSON.stringify(route.engines.filter((each) => each !== id));
    await tables(db)
      .updateTable('speech_routes')
      .set({ engines, version: route.version + 1 })
      .where('prison_id', '=', route.prisonId)
      .execute();
  }
  return toEngine(row);
}

/** The bridge looks at it as soon as it sees this. Throws `not_found`. */
export async function wishTry(db: Db, id: string): Promise<void> {
  const row = await tables(db).selectFrom('speech_engines').select('tries').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  await tables(db)
    .updateTable('speech_engines')
    .set({ tries: row.tries + 1 })
    .where('id', '=', id)
    .execute();
}

export interface StoredRoute {
  prisonId: string;
  engines: string[];
  version: number;
}
/** Where a prison has no order of its own. */
export const BUREAU = 'bureau';

export async function storedRoutes(db: Db): Promise<StoredRoute[]> {
  const rows = await tables(db).selectFrom('speech_routes').selectAll().execute();
  return rows.map((row) => ({ prisonId: row.prison_id, engines: JSON.parse(row.engines) as string[], version: row.version }));
}

/** Throws `bad_request` for engines that are not there, `edit_conflict`. In the caller's transaction; answers what stood there before. */
export async function setRoute(db: Db, prisonId: string, engines: readonly string[], version: number): Promise<string[]> {
  const known = new Set([BUILT_IN_ENGINE, ...(await listEngines(db)).map(({ id }) => id)]);
  if (engines.some((id) => !known.has(id)) || new Set(engines).size < engines.length) {
    throw new QinqiaoError('bad_request', { fields: { engines: 'unknown, or named twice' } });
  }
  const row = { prison_id: prisonId, engines: JSON.stringify(engines), version: version + 1 };
  const before = await tables(db).selectFrom('speech_routes').selectAll().where('prison_id', '=', prisonId).forUpdate().executeTakeFirst();
  if ((before?.version ?? 0) !== version) throw new QinqiaoError('edit_conflict');
  if (before) await tables(db).updateTable('speech_routes').set(row).where('prison_id', '=', prisonId).execute();
  else {
    await tables(db)
      .insertInto('speech_routes')
      .values(row)
      .execute()
      .catch((error: unknown) => {
        throw isDuplicateKey(error) ? new QinqiaoError('edit_conflict', { cause: error }) : error;
      });
  }
  return before ? (JSON.parse(before.engines) as string[]) : [];
}

async function locked(db: Db, id: string, version: number): Promise<Row> {
  const row = await tables(db).selectFrom('speech_engines').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
  return row;
}

function demand({ kind, url, appId, offlineSpeed }: EngineDefinition, hasKey: boolean): void {
  const missing: Record<string, string> = {};
  if (url === '' && ['funasr', 'vosk', 'sherpa'].includes(kind)) missing['url'] = 'required';
  if (kind === 'iflytek' && appId === '') missing['appId'] = 'required';
  if (kind === 'iflytek' && !hasKey) missing['key'] = 'required';
  if (kind === 'iflytek' && offlineSpeed !== 1) missing['offlineSpeed'] = 'only 1';
  if (Object.keys(missing).length > 0) throw new QinqiaoError('bad_request', { fields: missing });
}

async function unlessTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('name_taken', { fields: { name: 'taken' }, cause: error });
    throw error;
  }
}

function columnsOf({ kind, name, url, enabled, capacity, offlineStreams, offlineSpeed, ...rest }: EngineDefinition) {
  const { hotWords, ca, acceptAny, appId, language } = rest;
  const settings: EngineSettings = { hotWords, ca, acceptAny, appId, language };
  const numbers = { capacity, offline_streams: offlineStreams, offline_speed: offlineSpeed };
  return { kind, name, url, enabled: enabled ? (1 as const) : (0 as const), ...numbers, settings: JSON.stringify(settings) };
}

const toEngine = (row: Row): StoredEngine => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  url: row.url,
  ...(JSON.parse(row.settings) as EngineSettings),
  enabled: row.enabled === 1,
  capacity: row.capacity,
  offlineStreams: row.offline_streams,
  offlineSpeed: row.offline_speed,
  hasKey: row.secret !== null,
  tries: row.tries,
  version: row.version,
});
