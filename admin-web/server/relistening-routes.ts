import { type ConversationDetail, QinqiaoError, type RestName } from '@qinqiao/contracts';
import { conversationViews, listConversations, refreshConversation } from '@qinqiao/domain/conversations';
import {
  addNote,
  addRule,
  assignSome,
  beginListening,
  deleteNote,
  deleteRule,
  editRule,
  finish,
  handOver,
  listeningRoles,
  listRules,
  relisteners,
  relisteningDetail,
  reopen,
  reportHeard,
  setAttention,
  take,
  type Working,
  workload,
} from '@qinqiao/domain/relistening';
import { addDays, instantAt, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { relisteningStatisticsRoutes } from './relistening-statistics-routes.ts';
import type { RestHandlers } from './router.ts';
import { silencesOf } from './silences.ts';

type Routes = Extract<
  RestName,
  | 'listConversations'
  | 'getWorkload'
  | 'getConversation'
  | 'reportHeard'
  | 'addConversationNote'
  | 'deleteConversationNote'
  | 'finishRelistening'
  | 'reopenRelistening'
  | 'takeConversation'
  | 'setAttention'
  | 'handOverConversation'
  | 'assignConversations'
  | 'listRelisteners'
  | 'listRelisteningRules'
  | 'addRelisteningRule'
  | 'editRelisteningRule'
  | 'deleteRelisteningRule'
  | 'listRelisteningRoles'
  | 'countRelistening'
  | 'exportRelistening'
>;

/** Recorded conversations and their re-listening: an officer sees those of his data scope. */
export function relisteningRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { clock } = deps;
  const change = auditedChange(clock);
  const workOf = (request: Pick<RequestContext, 'db' | 'officer'>): Working => ({
    db: request.db,
    // Another officer's rights are not the asking officer's to see.
    whole: deps.db,
    crypto: deps.crypto,
    clock,
    actor: officerActor(request),
    mayAssign: mayAssign(request),
  });
  const detail = (request: Pick<RequestContext, 'db' | 'officer'>, id: string): Promise<ConversationDetail> =>
    relisteningDetail(request.db, id, { officerId: requireOfficer(request).id, mayAssign: mayAssign(request), now: clock.now() });
  return {
    listConversations: async ({ db, officer, query }) => {
      const now = toInstant(clock.now());
      const { items, next } = await listConversations(db, { ...query, me: requireOfficer({ officer }).id, now });
      return { items: await conversationViews(db, items, now), next };
    },
    getWorkload: async ({ db, officer }) => workload(db, requireOfficer({ officer }).id, clock.now()),
    getConversation: async (request) => {
      const actor = officerActor(request);
      const subject = { kind: 'conversation', id: request.params.id };
      await detail(request, subject.id);
      await writeAudit(request.db, { at: toInstant(clock.now()), actor, action: 'conversation.view', subject });
      // Warnings may have been judged since: what he looks at is as things are now.
      await refreshConversation(deps.db, subject.id);
      await beginListening(request.db, actor.id, clock.now());
      return detail(request, subject.id);
    },
    reportHeard: async ({ db, officer, params, body }) => {
      const { id, name } = officerActor({ officer });
      const silences = body.spans.some(({ skipped }) => skipped) ? await silencesOf(deps, db, params.id) : [];
      return reportHeard(db, clock, { id: params.id, officer: { id, name }, spans: body.spans, silences });
    },
    addConversationNote: async (request) => addNote(workOf(request), request.params.id, request.body),
    deleteConversationNote: async (request) => {
      await deleteNote(workOf(request), request.params.id, request.params.noteId);
      return {};
    },
    finishRelistening: async (request) => {
      await finish(workOf(request), { id: request.params.id, ...request.body });
      return detail(request, request.params.id);
    },
    reopenRelistening: async (request) => {
      await reopen(workOf(request), { id: request.params.id, ...request.body });
      return detail(request, request.params.id);
    },
    setAttention: async (request) => {
      await setAttention(workOf(request), { id: request.params.id, ...request.body });
      return detail(request, request.params.id);
    },
    takeConversation: async (request) => {
      await take(workOf(request), { id: request.params.id, ...request.body });
      return detail(request, request.params.id);
    },
    handOverConversation: async (request) => {
      await handOver(workOf(request), { id: request.params.id, ...request.body });
      return detail(request, request.params.id);
    },
    assignConversations: async (request) => {
      const { ids, officerId, dueDay, reason } = request.body;
      const dueAt = instantAt(addDays(dueDay, 1), '00:00');
      return { assigned: await assignSome(workOf(request), { ids, officerId, dueAt, reason }) };
    },
    listRelisteners: async ({ db, params }) => ({
      items: await relisteners({ db, whole: deps.db, crypto: deps.crypto }, params.id),
      next: null,
    }),
    listRelisteningRules: async ({ db }) => ({ items: await listRules(db), next: null }),
    addRelisteningRule: (request) =>
      change(request, 'relistening_rule.add', async (trx) => {
        const { prisonId, ...content } = request.body;
        const rule = await addRule(trx, prisonId, content);
        return { answer: rule, subject: { kind: 'relistening_rule', id: rule.id }, detail: { after: rule } };
      }),
    editRelisteningRule: (request) =>
      change(request, 'relistening_rule.edit', async (trx) => {
        const { version, ...content } = request.body;
        const { before, after } = await editRule(trx, request.params.id, { content, version });
        return { answer: after, subject: { kind: 'relistening_rule', id: after.id }, detail: { before, after } };
      }),
    deleteRelisteningRule: (request) =>
      change(request, 'relistening_rule.delete', async (trx) => {
        const before = await deleteRule(trx, request.params.id);
        return { answer: {}, subject: { kind: 'relistening_rule', id: before.id }, detail: { before } };
      }),
    listRelisteningRoles: async ({ db }) => ({ items: await listeningRoles(db), next: null }),
    ...relisteningStatisticsRoutes(deps),
  };
}

function mayAssign({ officer }: Pick<RequestContext, 'officer'>): boolean {
  if (!officer) throw new QinqiaoError('forbidden');
  return officer.permissions.has('relistening.assign');
}
