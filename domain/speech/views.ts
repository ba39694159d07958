import {
  BUILT_IN_ENGINE,
  QinqiaoError,
  type SpeechEngineHealth,
  type SpeechEngineView,
  type SpeechRoute,
  type TranscriptionPriority,
  type TranscriptionState,
  type TranscriptionView,
} from '@qinqiao/contracts';
import type { Clock, Config, Db } from '@qinqiao/server-kit';
import type { ConversationTables } from '../conversations/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import { BUREAU, listEngines, type StoredEngine, storedRoutes } from './engines.ts';
import { engineHealth, UNKNOWN_HEALTH } from './health.ts';
import type { SpeechTables } from './migrations.ts';
import { pausedPriorities } from './queues.ts';

const tables = (db: Db) => db.withTables<SpeechTables & ConversationTables & OrganisationTables>();

/** Live streams of the engine that the environment names, and recordings beside them. */
export const BUILT_IN_LIMITS = { capacity: 1000, offlineStreams: 1 } as const;
/** So many times as fast as spoken, by default. */
export const USUAL_SPEED = { funasr: 2, vosk: 8, sherpa: 4, iflytek: 1, trial: 4 } as const;

/** All engines with their health, the environment's first. */
export async function engineViews(db: Db, speech: Config['speech'] | undefined, clock: Clock): Promise<SpeechEngineView[]> {
  const health = await engineHealth(db, clock);
  const stored = (await listEngines(db)).map((engine) => engineView(engine, health.get(engine.id) ?? UNKNOWN_HEALTH));
  const own = speech && builtInView(speech, health.get(BUILT_IN_ENGINE) ?? UNKNOWN_HEALTH);
  return own ? [own, ...stored] : stored;
}

export function engineView(engine: StoredEngine, health: SpeechEngineHealth): SpeechEngineView {
  return { ...engine, builtIn: false, health: engine.enabled ? health : UNKNOWN_HEALTH };
}

function builtInView(speech: Config['speech'], health: SpeechEngineHealth): SpeechEngineView | null {
  if (speech.engine === 'none') return null;
  return {
    id: BUILT_IN_ENGINE,
    builtIn: true,
    kind: speech.engine,
    name: speech.engine === 'trial' ? `pocketsphinx/${speech.trialLanguage}` : 'funasr',
    url: speech.engine === 'funasr' ? (speech.funasrUrl ?? '') : '',
    enabled: true,
    ...BUILT_IN_LIMITS,
    offlineSpeed: USUAL_SPEED[speech.engine],
    hotWords: true,
    ca: '',
    acceptAny: false,
    appId: '',
    language: speech.trialLanguage,
    hasKey: false,
    version: 0,
    health,
  };
}

/** Every prison that is seen with its order, before them the bureau's. */
export async function routeViews(db: Db): Promise<SpeechRoute[]> {
  const prisons = await tables(db).selectFrom('org_units').select(['id', 'name']).where('kind', '=', 'prison').orderBy('name').execute();
  const stored = new Map((await storedRoutes(db)).map((route) => [route.prisonId, route]));
  return [{ id: BUREAU, name: '' }, ...prisons].map(({ id, name }) => ({
    prisonId: id,
    prisonName: name,
    engines: stored.get(id)?.engines ?? [],
    version: stored.get(id)?.version ?? 0,
  }));
}

export interface TranscriptionFilter {
  state?: TranscriptionState | undefined;
  priority?: TranscriptionPriority | undefined;
  /** With gaps that could not be closed. */
  unrepaired?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

const listed = (db: Db) =>
  tables(db)
    .selectFrom('transcriptions')
    .leftJoin('conversations', 'conversations.id', 'transcriptions.conversation_id')
    .leftJoin('org_units as prisons', 'prisons.id', 'transcriptions.prison_id')
    .selectAll('transcriptions')
    .select([
      'conversations.inmate_name',
      'conversations.family_name',
      'conversations.started_at as began_at',
      'prisons.name as prison_name',
    ]);
type Row = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number];

/** A page of transcriptions, those asked for last first. Throws `bad_request` on a foreign cursor. */
export async function listTranscriptions(
  db: Db,
  filter: TranscriptionFilter,
): Promise<{ items: TranscriptionView[]; next: string | null }> {
  const { state, priority, unrepaired, cursor, limit } = filter;
  let query = listed(db);
  if (state) query = query.where('transcriptions.state', '=', state);
  if (priority) query = query.where('transcriptions.priority', '=', priority);
  if (unrepaired !== undefined) query = query.where('transcriptions.gaps_left', unrepaired ? '>' : '=', 0);
  if (cursor) {
    const [at, id] = cursor.split('|');
    if (!at || !id) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
    query = query.where((eb) =>
      eb.or([
        eb('transcriptions.requested_at', '<', at),
        eb.and([eb('transcriptions.requested_at', '=', at), eb('transcriptions.conversation_id', '<', id)]),
      ]),
    );
  }
  const rows = await query
    .orderBy('transcriptions.requested_at', 'desc')
    .orderBy('transcriptions.conversation_id', 'desc')
    .limit(limit + 1)
    .execute();
  const paused = await pausedPriorities(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => viewOf(row, paused)),
    next: rows.length > limit && last ? `${last.requested_at}|${last.conversation_id}` : null,
  };
}

/** One conversation's; null when none was asked for, or it is not seen. */
export async function transcriptionView(db: Db, conversationId: string): Promise<TranscriptionView | null> {
  const row = await listed(db).where('transcriptions.conversation_id', '=', conversationId).executeTakeFirst();
  return row ? viewOf(row, await pausedPriorities(db)) : null;
}

const viewOf = (row: Row, paused: ReadonlySet<TranscriptionPriority>): TranscriptionView => ({
  conversationId: row.conversation_id,
  prisonName: row.prison_name ?? '',
  inmateName: row.inmate_name,
  familyName: row.family_name,
  startedAt: row.began_at,
  state: row.state,
  priority: row.priority,
  paused: paused.has(row.priority) && (row.state === 'queued' || row.state === 'running'),
  reason: row.reason,
  progress: Number(row.progress),
  attempts: row.attempts,
  engine: row.engine,
  error: row.error,
  segments: row.segments,
  gapsLeft: row.gaps_left,
  requestedAt: row.requested_at,
  finishedAt: row.finished_at,
  version: row.version,
});
