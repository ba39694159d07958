import { QinqiaoError } from '@qinqiao/contracts';
import { findInmateRow, relationOf, review } from '@qinqiao/domain/appointments';
import { getFamily } from '@qinqiao/domain/people';
import {
  addException,
  editException,
  getException,
  listCallRules,
  listExceptions,
  removeException,
  saveCallRule,
} from '@qinqiao/domain/quotas';
import { addReviewRule, editReviewRule, getReviewRule, listReviewRules, orderReviewRules, removeReviewRule } from '@qinqiao/domain/reviews';
import {
  addSlotPlan,
  editSlotPlan,
  getSlotPlan,
  listCalendarDays,
  listSlotPlans,
  removeSlotPlan,
  saveCalendarDay,
} from '@qinqiao/domain/slots';
import { instantAt, toInstant } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type RuleRoutes =
  | 'listCallRules'
  | 'saveCallRule'
  | 'listCallRuleExceptions'
  | 'addCallRuleException'
  | 'editCallRuleException'
  | 'removeCallRuleException';
type SlotRoutes = 'listSlotPlans' | 'addSlotPlan' | 'editSlotPlan' | 'removeSlotPlan' | 'listCalendarDays' | 'saveCalendarDay';
type ReviewRoutes = 'listReviewRules' | 'addReviewRule' | 'editReviewRule' | 'removeReviewRule' | 'orderReviewRules' | 'tryReview';

/** Call rules, slots and pre-review rules, as officers keep them. */
export const bookingRulesRoutes = (deps: ServerDeps): Pick<RestHandlers, RuleRoutes | SlotRoutes | ReviewRoutes> => ({
  ...ruleRoutes(deps),
  ...slotRoutes(deps),
  ...reviewRoutes(deps),
});

/** A calendar day of all prisons, for officers of the bureau. */
const ALL_PRISONS = 'all';

/** Rules are a whole prison's: an officer who sees a part of it may read them, but not set them. Throws `out_of_scope`. */
function assertWholePrison(request: Pick<RequestContext, 'officer'>, prisonId: string): void {
  const { seen } = requireOfficer(request);
  if (!seen.all && !seen.prisons.includes(prisonId)) throw new QinqiaoError('out_of_scope');
}

function ruleRoutes({ clock }: ServerDeps): Pick<RestHandlers, RuleRoutes> {
  const change = auditedChange(clock);
  return {
    listCallRules: async ({ db, query }) => ({ items: await listCallRules(db, query.prisonId) }),
    saveCallRule: (request) =>
      change(request, 'callrule.save', async (trx) => {
        const { prisonId, level } = request.body;
        assertWholePrison(request, prisonId);
        const { before, after } = await saveCallRule(trx, request.body, toInstant(clock.now()));
        return { answer: after, subject: { kind: 'callRule', id: prisonId }, detail: { level, before, after: after.content } };
      }),
    listCallRuleExceptions: async ({ db, query }) => listExceptions(db, query),
    addCallRuleException: (request) =>
      change(request, 'callrule.exception.add', async (trx) => {
        const after = await addException(trx, request.body.inmateId, request.body);
        return { answer: after, subject: { kind: 'inmate', id: after.inmateId }, detail: { after } };
      }),
    editCallRuleException: (request) =>
      change(request, 'callrule.exception.edit', async (trx) => {
        const before = await getException(trx, request.params.id);
        const after = await editException(trx, request.params.id, request.body);
        return { answer: after, subject: { kind: 'inmate', id: after.inmateId }, detail: { before, after } };
      }),
    removeCallRuleException: (request) =>
      change(request, 'callrule.exception.remove', async (trx) => {
        const before = await removeException(trx, request.params.id);
        return { answer: {}, subject: { kind: 'inmate', id: before.inmateId }, detail: { before } };
      }),
  };
}

function slotRoutes({ clock }: ServerDeps): Pick<RestHandlers, SlotRoutes> {
  const change = auditedChange(clock);
  return {
    listSlotPlans: async ({ db, query }) => ({ items: await listSlotPlans(db, query.prisonId) }),
    addSlotPlan: (request) =>
      change(request, 'slot.add', async (trx) => {
        assertWholePrison(request, request.body.prisonId);
        const after = await addSlotPlan(trx, request.body.prisonId, request.body.content);
        return { answer: after, subject: { kind: 'slotPlan', id: after.id }, detail: { after } };
      }),
    editSlotPlan: (request) =>
      change(request, 'slot.edit', async (trx) => {
        const before = await getSlotPlan(trx, request.params.id);
        assertWholePrison(request, before.prisonId);
        const after = await editSlotPlan(trx, before.id, request.body.content, request.body.version);
        return { answer: after, subject: { kind: 'slotPlan', id: after.id }, detail: { before, after } };
      }),
    removeSlotPlan: (request) =>
      change(request, 'slot.remove', async (trx) => {
        const before = await getSlotPlan(trx, request.params.id);
        assertWholePrison(request, before.prisonId);
        await removeSlotPlan(trx, before.id);
        return { answer: {}, subject: { kind: 'slotPlan', id: before.id }, detail: { before } };
      }),
    listCalendarDays: async ({ db, query }) => {
      const days = { from: `${query.year}-01-01`, to: `${query.year + 1}-01-01` };
      return { items: await listCalendarDays(db, query.prisonId, days) };
    },
    saveCalendarDay: (request) =>
      change(request, 'calendar.save', async (trx) => {
        const { day, kind, name } = request.body;
        const forAll = request.body.prisonId === ALL_PRISONS;
        if (forAll && !requireOfficer(request).seen.all) throw new QinqiaoError('out_of_scope');
        if (!forAll) assertWholePrison(request, request.body.prisonId);
        const prisonId = forAll ? '' : request.body.prisonId;
        await saveCalendarDay(trx, prisonId, day, kind === null ? null : { kind, name });
        return { answer: {}, subject: { kind: 'calendarDay', id: day }, detail: { prisonId, kind, name } };
      }),
  };
}

function reviewRoutes({ clock }: ServerDeps): Pick<RestHandlers, ReviewRoutes> {
  const change = auditedChange(clock);
  return {
    listReviewRules: async ({ db, query }) => ({ items: await listReviewRules(db, query.prisonId) }),
    addReviewRule: (request) =>
      change(request, 'review.add', async (trx) => {
        assertWholePrison(request, request.body.prisonId);
        const after = await addReviewRule(trx, request.body.prisonId, request.body.content);
        return { answer: after, subject: { kind: 'reviewRule', id: after.id }, detail: { after } };
      }),
    orderReviewRules: (request) =>
      change(request, 'review.order', async (trx) => {
        const { prisonId, ids } = request.body;
        assertWholePrison(request, prisonId);
        const before = await listReviewRules(trx, prisonId);
        const items = await orderReviewRules(trx, prisonId, ids);
        const names = (rules: typeof items) => rules.map(({ content }) => content.name);
        return { answer: { items }, subject: { kind: 'prison', id: prisonId }, detail: { before: names(before), after: names(items) } };
      }),
    editReviewRule: (request) =>
      change(request, 'review.edit', async (trx) => {
        const before = await getReviewRule(trx, request.params.id);
        assertWholePrison(request, before.prisonId);
        const after = await editReviewRule(trx, before.id, request.body.content, request.body.version);
        return { answer: after, subject: { kind: 'reviewRule', id: after.id }, detail: { before, after } };
      }),
    removeReviewRule: (request) =>
      change(request, 'review.remove', async (trx) => {
        const before = await getReviewRule(trx, request.params.id);
        assertWholePrison(request, before.prisonId);
        await removeReviewRule(trx, before.id);
        return { answer: {}, subject: { kind: 'reviewRule', id: before.id }, detail: { before } };
      }),
    tryReview: async ({ db, query }) => {
      const { inmateId, familyId, kind, day } = query;
      const inmate = await findInmateRow(db, inmateId);
      if (!inmate) throw new QinqiaoError('not_found');
      const { id, name, state } = await getFamily(db, familyId);
      const parties = { inmate, family: { id, name, state }, relation: await relationOf(db, inmateId, familyId) };
      const wanted = { kind, startsAt: instantAt(day, '09:00'), parties, companions: [], extra: false, instead: null };
      const { decision, rule, reason } = await review(db, wanted, clock.now());
      return { decision, rule: rule?.name ?? null, reason };
    },
  };
}
