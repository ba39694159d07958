import { type RestOutput, QinqiaoError, type SpeechEngineView } from '@qinqiao/contracts';
import { findConversation } from '@qinqiao/domain/conversations';
import {
  addEngine,
  BUREAU,
  changeEngine,
  type EngineDefinition,
  engineView,
  engineViews,
  findTranscription,
  listTranscriptions,
  pausePriorities,
  prioritiseTranscription,
  removeEngine,
  requestTranscription,
  retryTranscription,
  routeViews,
  setRoute,
  transcriptionQueues,
  transcriptionView,
  UNKNOWN_HEALTH,
  wishTry,
} from '@qinqiao/domain/speech';
import { type Db, toInstant } from '@qinqiao/server-kit';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type SpeechRoutes =
  | 'listSpeechEngines'
  | 'createSpeechEngine'
  | 'updateSpeechEngine'
  | 'deleteSpeechEngine'
  | 'trySpeechEngine'
  | 'listSpeechRoutes'
  | 'setSpeechRoute'
  | 'listTranscriptions'
  | 'transcriptionQueues'
  | 'pauseTranscriptions'
  | 'conversationTranscription'
  | 'requestTranscription'
  | 'retryTranscription'
  | 'prioritiseTranscription';

const engineSubject = (id: string) => ({ kind: 'speechEngine', id });
/** What an engine is told in the trail: an authority's certificate is long, the key is secret. */
const told = ({ ca, ...engine }: EngineDefinition) => ({ ...engine, ca: ca !== '' });

/** Speech engines, which prison uses which, and the jobs that transcribe recordings. */
export function speechRoutes({ db, config, crypto, clock }: ServerDeps): Pick<RestHandlers, SpeechRoutes> {
  const audited = auditedChange(clock);
  // Health is the bridges' and belongs to no prison.
  const viewOf = async (id: string): Promise<SpeechEngineView> => {
    const found = (await engineViews(db, config.speech, clock)).find((engine) => engine.id === id);
    if (!found) throw new QinqiaoError('not_found');
    return found;
  };
  const transcription = async (request: RequestContext, id: string): Promise<RestOutput<'requestTranscription'>> => {
    const view = await transcriptionView(request.db, id);
    if (!view) throw new QinqiaoError('not_found');
    return view;
  };
  return {
    listSpeechEngines: async (request) => ({ items: await engineViews(request.db, config.speech, clock), next: null }),
    createSpeechEngine: (request) =>
      audited(request, 'speech.addEngine', async (trx) => {
        const { key, ...definition } = request.body;
        const engine = await addEngine({ db: trx, crypto }, definition, key, toInstant(clock.now()));
        return {
          answer: engineView(engine, UNKNOWN_HEALTH),
          subject: engineSubject(engine.id),
          detail: { after: told(definition), key: engine.hasKey },
        };
      }),
    updateSpeechEngine: async (request) => {
      const { id } = request.params;
      await audited(request, 'speech.editEngine', async (trx) => {
        const { key, version, ...definition } = request.body;
        const { before } = await changeEngine({ db: trx, crypto }, id, version, definition, key);
        const detail = { before: told(before), after: told(definition), newKey: Boolean(key) };
        return { answer: undefined, subject: engineSubject(id), detail };
      });
      return viewOf(id);
    },
    deleteSpeechEngine: (request) =>
      audited(request, 'speech.removeEngine', async (trx) => {
        const { id } = request.params;
        const before = await removeEngine(trx, id, request.query.version);
        return { answer: {}, subject: engineSubject(id), detail: { before: told(before) } };
      }),
    trySpeechEngine: async (request) => {
      const { id } = request.params;
      const before = await viewOf(id);
      if (!before.builtIn) {
        await audited(request, 'speech.tryEngine', async (trx) => {
          await wishTry(trx, id);
          return { answer: undefined, subject: engineSubject(id), detail: { name: before.name } };
        });
      }
      return before.health;
    },
    listSpeechRoutes: async (request) => ({ items: await routeViews(request.db), next: null }),
    setSpeechRoute: async (request) => {
      const { id } = request.params;
      const { engines, version } = request.body;
      await mustSee(request, id);
      await audited(request, 'speech.setRoute', async (trx) => {
        const before = await setRoute(trx, id, engines, version);
        return { answer: undefined, subject: { kind: 'prison', id }, detail: { before, after: engines } };
      });
      const route = (await routeViews(request.db)).find(({ prisonId }) => prisonId === id);
      if (!route) throw new QinqiaoError('not_found');
      return route;
    },
    listTranscriptions: async (request) => listTranscriptions(request.db, request.query),
    transcriptionQueues: async (request) => transcriptionQueues(request.db),
    pauseTranscriptions: (request) =>
      audited(request, request.body.paused ? 'transcription.pause' : 'transcription.resume', async (trx) => {
        const { priorities, paused } = request.body;
        await pausePriorities(trx, priorities, paused);
        const answer = await transcriptionQueues(trx);
        return { answer, subject: { kind: 'transcriptionQueue', id: priorities.join(',') }, detail: { priorities, paused } };
      }),
    conversationTranscription: async (request) => {
      if (!(await findConversation(request.db, request.params.id))) throw new QinqiaoError('not_found');
      return { transcription: await transcriptionView(request.db, request.params.id) };
    },
    requestTranscription: async (request) => {
      const { id } = request.params;
      const conversation = await findConversation(request.db, id);
      if (!conversation) throw new QinqiaoError('not_found');
      if (conversation.recording !== 'ready') throw new QinqiaoError('wrong_state');
      await asked(request, id, 'transcription.request', (trx) => requestTranscription(trx, { conversationId: id, reason: 'again', clock }));
      return transcription(request, id);
    },
    retryTranscription: async (request) => {
      const { id } = request.params;
      await transcription(request, id);
      await asked(request, id, 'transcription.retry', (trx) => retryTranscription(trx, id, clock));
      return transcription(request, id);
    },
    prioritiseTranscription: async (request) => {
      const { id } = request.params;
      const { priority, version } = request.body;
      await transcription(request, id);
      await audited(request, 'transcription.prioritise', async (trx) => {
        const { before, after } = await prioritiseTranscription(trx, id, priority, version);
        const detail = { before: before.priority, after: after.priority };
        return { answer: undefined, subject: { kind: 'conversation', id }, detail };
      });
      return transcription(request, id);
    },
  };

  /** An officer's wish, with what it found. */
  async function asked(request: RequestContext, id: string, action: string, run: (trx: Db) => Promise<unknown>): Promise<void> {
    await audited(request, action, async (trx) => {
      const before = await findTranscription(trx, id);
      await run(trx);
      return { answer: undefined, subject: { kind: 'conversation', id }, detail: { before: before?.state ?? null } };
    });
  }
}

/** A prison of the officer's data scope; the bureau's order is for those who see the whole bureau. */
async function mustSee({ db, officer }: RequestContext, prisonId: string): Promise<void> {
  if (prisonId === BUREAU) {
    if (!officer?.seen.all) throw new QinqiaoError('out_of_scope');
    return;
  }
  const seen = (await routeViews(db)).some((route) => route.prisonId === prisonId);
  if (!seen) throw new QinqiaoError('not_found');
}
