import { ApprovalAct, type OfficerId, parseOrThrow, QinqiaoError } from '@qinqiao/contracts';
import { createLogger, verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countWaiting } from '../outbox/index.ts';
import { DATABASES } from '../testing.ts';
import {
  act,
  checkDefinition,
  checkVersion,
  countTasks,
  decideBatch,
  delegate,
  endDelegation,
  getCase,
  listCases,
  listCaseTasks,
  listFlows,
  listFlowVersions,
  listHistory,
  listTasks,
  publish,
  replay,
  retire,
  runDue,
  RETRY_MS,
  saveDraft,
  startApprovalTicker,
} from './index.ts';
import { openApprovals, type TestApprovals } from './store-testing.ts';
import { approvalNode, chain } from './testing.ts';

let a: TestApprovals;
const flow = chain(approvalNode('ward'), approvalNode('prison', { rule: { kind: 'all' } }));
const todo = async (id: string) => (await listTasks(a.db, id, { list: 'todo', limit: 50 })).items;
const code = (expected: string) => expect.objectContaining({ code: expected }) as QinqiaoError;

describe.each(DATABASES)('approvals on %s', (on) => {
  beforeEach(async () => {
    a = await openApprovals(on);
  });
  afterEach(() => a[Symbol.asyncDispose]());

  describe('flows', () => {
    const draft = (definition = flow, revision: number | null = null) =>
      saveDraft(a.db, { prisonId: 'prison-1', type: 'visit', name: '会见审批', definition, revision }, a.officer('c1'), a.now());

    it('keeps one draft, and refuses to overwrite what another has changed', async () => {
      const first = await draft(chain());
      const second = await draft(flow, first.revision);
      expect(second).toEqual({ ...first, revision: 2 });
      await expect(draft(flow, first.revision)).rejects.toEqual(code('edit_conflict'));
      await expect(draft(flow)).rejects.toEqual(code('edit_conflict'));
      expect((await listFlows(a.db, { prisonId: 'prison-1', limit: 9 })).items).toMatchObject([
        { type: 'visit', latest: 1, published: null, draft: { version: 1, revision: 2, authorName: '民警c1' } },
      ]);
    });

    it('publishes only what is right, and says what is wrong and where', async () => {
      const bad = await draft(chain(approvalNode('ward', { approvers: [] }), approvalNode('nobody')));
      expect((await checkVersion(a.db, a.holders, bad.flowId, 1)).map((problem) => problem.code)).toEqual([
        'approver_missing',
        'role_unstaffed',
      ]);
      const error = await publish(a.db, a.holders, bad, a.officer('c1'), a.now()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'flow_invalid',
        fields: { ward: expect.stringContaining('has no approver'), nobody: expect.stringContaining('Nobody') },
      });
      await expect(a.apply()).rejects.toEqual(code('flow_missing'));
    });

    it('asks nobody whose account is disabled, and says that a step names him', async () => {
      const named = {
        approvers: [
          { kind: 'officer' as const, officerId: 'w1' as OfficerId },
          { kind: 'role' as const, role: 'ward' },
        ],
      };
      const steps = chain(approvalNode('ward', named));
      await a.disable('w1');
      const problems = await checkDefinition(a.db, a.holders, 'prison-1', steps);
      expect(problems).toMatchObject([{ code: 'officer_absent', nodeId: 'ward' }]);
      const far = chain(approvalNode('ward', { approvers: [{ kind: 'officer', officerId: 'far' as OfficerId }] }));
      expect(await checkDefinition(a.db, a.holders, 'prison-1', far)).toMatchObject([{ code: 'officer_absent' }]);
      await a.publishFlow(chain(approvalNode('ward')));
      const { id } = await a.apply();
      expect((await listCaseTasks(a.db, id)).map(({ officerId }) => officerId)).toEqual(['w2', 'w3']);
    });

    it('lets running cases keep their version when the next one is published, or none', async () => {
      const first = await a.publishFlow(flow);
      const old = await a.apply();
      await expect(publish(a.db, a.holders, first, a.officer('c1'), a.now())).rejects.toEqual(code('edit_conflict'));
      await a.publishFlow(chain(approvalNode('chief')));
      const young = await a.apply();
      const { items } = await listFlowVersions(a.db, first.flowId, { limit: 9 });
      expect(items.map(({ version, state }) => `${version} ${state}`)).toEqual(['2 published', '1 retired']);
      await a.approve(young.id, 'c1');
      expect((await getCase(a.db, young.id)).state).toBe('approved');
      await retire(a.db, first.flowId, a.officer('c1'), a.now());
      await expect(a.apply()).rejects.toEqual(code('flow_missing'));
      await a.approve(old.id, 'w1');
      expect((await getCase(a.db, old.id)).session.nodeId).toBe('prison');
    });
  });

  describe('cases', () => {
    beforeEach(async () => {
      await a.publishFlow(flow);
    });

    it('go through with their snapshot, history, to-do lists and a message at the end', async () => {
      const { id } = await a.apply();
      expect(await todo('w2')).toMatchObject([
        { caseId: id, nodeName: 'ward', title: '陈建国的会见', applicantName: '陈秀英', version: 1 },
      ]);
      a.clock.advance(1000);
      await a.approve(id, 'w2', 1);
      expect([await todo('w1'), await todo('w2')]).toEqual([[], []]);
      expect((await listTasks(a.db, 'w2', { list: 'done', limit: 9 })).items).toMatchObject([
        { caseId: id, state: 'approved', closedAt: a.now() },
      ]);
      await a.approve(id, 'p1');
      expect(await countWaiting(a.db)).toEqual({});
      expect(await a.approve(id, 'p2')).toEqual({ id, state: 'approved', version: 4 });
      expect(await countWaiting(a.db)).toEqual({ 'approval.approved': 1 });
      const full = await getCase(a.db, id);
      expect(full).toMatchObject({ state: 'approved', decidedAt: a.now(), snapshot: { visitors: ['陈秀英'] } });
      const history = await listHistory(a.db, id, -1, 50);
      expect(history.map(({ seq, kind, actorName }) => `${seq} ${kind} ${actorName}`)).toEqual([
        '0 submit 陈秀英',
        '1 approve 民警w2',
        '2 approve 民警p1',
        '3 approve 民警p2',
      ]);
      expect(
        replay(
          full.flow.definition,
          full.session,
          history.map(({ event }) => event),
        ),
      ).toEqual(full.session);
      expect(await verifyAudit(a.db)).toBeNull();
    });

    it('are refused with a reason that others hear of', async () => {
      const { id } = await a.apply();
      expect(() => parseOrThrow(ApprovalAct, { type: 'refuse', reason: ' ' })).toThrow(QinqiaoError);
      await a.doing(id, 'w1', { type: 'refuse', reason: '证件过期' });
      expect((await getCase(a.db, id)).session.outcome).toMatchObject({ by: 'w1', reason: '证件过期' });
      expect(await countWaiting(a.db)).toEqual({ 'approval.refused': 1 });
    });

    it('belong to a subject that has one open case at a time', async () => {
      const subject = { kind: 'visit', id: 's1' };
      const { id } = await a.apply({ subject });
      await expect(a.apply({ subject })).rejects.toEqual(code('wrong_state'));
      await act(a.db, a.holders, { caseId: id }, { type: 'withdraw', reason: '' }, a.family, a.now());
      await expect(a.apply({ subject })).resolves.toMatchObject({ state: 'open' });
      expect((await listCases(a.db, { prisonId: 'prison-1', subject, limit: 9 })).items.map(({ state }) => state).toSorted()).toEqual([
        'open',
        'withdrawn',
      ]);
    });

    it('refuse what may not be, and nothing of it is stored', async () => {
      const { id } = await a.apply();
      const officerId = 'far' as never;
      await expect(a.approve('gone', 'w1')).rejects.toEqual(code('not_found'));
      await expect(a.approve(id, 'p1')).rejects.toEqual(code('forbidden'));
      await expect(a.approve(id, 'w1', 7)).rejects.toEqual(code('edit_conflict'));
      await expect(a.doing(id, 'w1', { type: 'reassign', officerId, reason: 'x' })).rejects.toEqual(code('bad_request'));
      const inmate = { role: 'inmate' as const, id: 'w1', name: 'x' };
      await expect(act(a.db, a.holders, { caseId: id }, { type: 'approve', note: '' }, inmate, a.now())).rejects.toEqual(code('forbidden'));
      a.staff.prison = [];
      await expect(a.approve(id, 'w1')).rejects.toEqual(code('approver_missing'));
      expect(await listHistory(a.db, id, -1, 9)).toHaveLength(1);
      expect(await todo('w1')).toHaveLength(1);
    });

    it('are not decided when the act cannot be audited', async () => {
      const { id } = await a.apply();
      await a.db.schema.dropTable('audit').execute();
      await expect(a.doing(id, 'w1', { type: 'refuse', reason: 'x' })).rejects.toEqual(code('audit_failed'));
      expect([(await getCase(a.db, id)).state, await countWaiting(a.db)]).toEqual(['open', {}]);
    });

    it('go to who acts for an officer, while he does', async () => {
      const from = a.now();
      a.clock.advance(3_600_000);
      const delegation = { delegateId: 'x1' as never, from, until: a.now() };
      await expect(delegate(a.db, a.officer('w1'), { ...delegation, delegateId: 'w1' as never }, from)).rejects.toEqual(
        code('bad_request'),
      );
      await delegate(a.db, a.officer('w1'), delegation, from);
      await expect(delegate(a.db, a.officer('w1'), delegation, from)).rejects.toEqual(code('delegation_overlap'));
      a.clock.advance(-1000);
      const { id } = await a.apply();
      expect(await todo('x1')).toMatchObject([{ caseId: id, actingFor: '民警w1' }]);
      expect(await todo('w1')).toEqual([]);
      a.clock.advance(1000);
      await a.apply();
      expect([(await todo('x1')).length, (await todo('w1')).length]).toEqual([1, 1]);
      const again = await delegate(a.db, a.officer('w1'), { ...delegation, from: a.now(), until: '2027-01-01T00:00:00.000Z' }, a.now());
      await expect(endDelegation(a.db, a.officer('w2'), again, a.now())).rejects.toEqual(code('not_found'));
      await endDelegation(a.db, a.officer('w1'), again, a.now());
      await a.apply();
      expect((await todo('w1')).length).toBe(2);
    });

    it('are decided in a batch, and the outcome of each is told', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push((await a.apply()).id);
      await a.approve(ids[1] as string, 'w1');
      const targets = [...ids, 'gone'].map((caseId) => ({ caseId }));
      const outcomes = await decideBatch(a.db, a.holders, targets, { type: 'approve', note: '' }, a.officer('w2'), a.now);
      expect(outcomes.map((outcome) => (outcome.ok ? outcome.done.version : outcome.error.code))).toEqual([2, 'forbidden', 2, 'not_found']);
      const many = Array.from({ length: 101 }, () => ({ caseId: 'x' }));
      await expect(decideBatch(a.db, a.holders, many, { type: 'approve', note: '' }, a.officer('w2'), a.now)).rejects.toEqual(
        code('bad_request'),
      );
    });

    it('are listed and counted by page, none lost or repeated', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 7; i++) {
        ids.push((await a.apply()).id);
        if (i % 2) a.clock.advance(1000);
      }
      const all = async (page: (cursor: object) => Promise<{ items: { id: string }[]; next: string | null }>) => {
        const seen: string[] = [];
        for (let cursor: string | null = ''; cursor !== null; ) {
          const { items, next }: { items: { id: string }[]; next: string | null } = await page(cursor ? { cursor } : {});
          seen.push(...items.map(({ id }) => id));
          cursor = next;
        }
        return seen;
      };
      const asIds = async (list: ReturnType<typeof listTasks>) => ({
        next: (await list).next,
        items: (await list).items.map(({ caseId }) => ({ id: caseId })),
      });
      const tasks = await all((cursor) => asIds(listTasks(a.db, 'w1', { list: 'todo', limit: 3, ...cursor })));
      const cases = await all((cursor) => listCases(a.db, { prisonId: 'prison-1', limit: 3, ...cursor }));
      expect([tasks.length, tasks.toSorted(), cases.length, cases.toSorted()]).toEqual([7, ids.toSorted(), 7, ids.toSorted()]);
      expect([tasks[0] === ids[0] || tasks[0] === ids[1], cases[0]]).toEqual([true, ids[6]]);
      expect(await countTasks(a.db, 'w1', a.now())).toEqual({ total: 7, late: 0, byType: { visit: 7 } });
      expect(await listCases(a.db, { prisonId: 'prison-2', limit: 3 })).toEqual({ items: [], next: null });
      await expect(listTasks(a.db, 'w1', { list: 'todo', limit: 2, cursor: 'x' })).rejects.toEqual(code('bad_request'));
    });
  });

  describe('time', () => {
    const onTimeOut = { kind: 'escalate' as const, to: [{ kind: 'role' as const, role: 'chief' }] };
    const limited = chain(approvalNode('ward', { limit: { minutes: 60, remindBefore: 15, onTimeOut } }));
    const minutes = (count: number) => a.clock.advance(count * 60_000);

    it('reminds and escalates once, and tells so', async () => {
      await a.publishFlow(limited);
      const { id } = await a.apply();
      expect(await runDue(a.db, a.holders, a.now())).toEqual({ applied: 0, failed: [] });
      minutes(45);
      const runs = await Promise.all([1, 2, 3].map(() => runDue(a.db, a.holders, a.now())));
      expect(runs.reduce((sum, run) => sum + run.applied, 0)).toBe(1);
      minutes(16);
      expect((await countTasks(a.db, 'w1', a.now())).late).toBe(1);
      expect(await todo('w1')).toMatchObject([{ remindedAt: expect.any(String), escalation: false }]);
      expect(await runDue(a.db, a.holders, a.now())).toEqual({ applied: 1, failed: [] });
      expect([await todo('w1'), (await todo('c1')).length]).toEqual([[], 1]);
      expect(await todo('c1')).toMatchObject([{ remindedAt: null, escalation: true }]);
      expect(await countWaiting(a.db)).toEqual({ 'approval.reminded': 1, 'approval.escalated': 1 });
      expect((await listHistory(a.db, id, -1, 9)).map(({ kind, actorRole }) => `${kind} ${actorRole}`)).toEqual([
        'submit family',
        'remind system',
        'escalate system',
      ]);
      minutes(9999);
      expect(await runDue(a.db, a.holders, a.now())).toEqual({ applied: 0, failed: [] });
    });

    it('goes by itself where a ticker runs', async () => {
      await a.publishFlow(limited);
      const { id } = await a.apply();
      minutes(45);
      const log = createLogger('test', 'silent');
      await using stack = new AsyncDisposableStack();
      stack.use(startApprovalTicker(a.db, a.holders, { clock: a.clock, log, everyMs: 10 }));
      const kinds = async () => (await listHistory(a.db, id, -1, 9)).map(({ kind }) => kind);
      await expect.poll(kinds).toEqual(['submit', 'remind']);
      minutes(16);
      await expect.poll(kinds).toEqual(['submit', 'remind', 'escalate']);
    });

    it('tries again later what cannot be done now, and keeps nothing else back', async () => {
      const passes = { minutes: 60, remindBefore: null, onTimeOut: { kind: 'approve' as const } };
      await a.publishFlow(chain(approvalNode('ward', { limit: passes }), approvalNode('chief')));
      const { id } = await a.apply();
      const chiefs = a.staff.chief as string[];
      a.staff.chief = [];
      minutes(61);
      expect(await runDue(a.db, a.holders, a.now())).toMatchObject({
        applied: 0,
        failed: [{ caseId: id, error: { code: 'approver_missing' } }],
      });
      expect(await runDue(a.db, a.holders, a.now())).toEqual({ applied: 0, failed: [] });
      a.staff.chief = chiefs;
      a.clock.advance(RETRY_MS);
      expect(await runDue(a.db, a.holders, a.now())).toEqual({ applied: 1, failed: [] });
      expect((await todo('c1')).length).toBe(1);
    });
  });
});
