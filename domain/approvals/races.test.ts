import { type ErrorCode, QinqiaoError } from '@qinqiao/contracts';
import { verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countWaiting } from '../outbox/index.ts';
import { DATABASES } from '../testing.ts';
import { act, getCase, listHistory, replay } from './index.ts';
import { openApprovals, type TestApprovals } from './store-testing.ts';
import { approvalNode, chain } from './testing.ts';

let a: TestApprovals;

/** `ok`, or the code of the error, of each. */
async function outcomes(attempts: Promise<unknown>[]): Promise<('ok' | ErrorCode)[]> {
  const settled = await Promise.allSettled(attempts);
  return settled.map((one) => {
    if (one.status === 'fulfilled') return 'ok';
    if (one.reason instanceof QinqiaoError) return one.reason.code;
    throw one.reason;
  });
}

/** The case is what its history makes of it, with one message when it is decided. */
async function expectConsistent(id: string, events: number): Promise<void> {
  const full = await getCase(a.db, id);
  const history = await listHistory(a.db, id, -1, 100);
  expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: events }, (_, index) => index));
  expect(
    replay(
      full.flow.definition,
      full.session,
      history.map(({ event }) => event),
    ),
  ).toEqual(full.session);
  expect(full.version).toBe(events);
  expect(await countWaiting(a.db)).toEqual(full.state === 'open' ? {} : { [`approval.${full.state}`]: 1 });
  expect(await verifyAudit(a.db)).toBeNull();
}

describe.each(DATABASES)('at the same moment on %s', (on) => {
  beforeEach(async () => {
    a = await openApprovals(on);
  });
  afterEach(() => a[Symbol.asyncDispose]());

  it('two officers approve where one is enough: one does, the other is told', async () => {
    await a.publishFlow(chain(approvalNode('ward')));
    const { id } = await a.apply();
    expect((await outcomes([a.approve(id, 'w1'), a.approve(id, 'w2')])).toSorted()).toEqual(['ok', 'wrong_state']);
    await expectConsistent(id, 2);
  });

  it('two officers approve where all are needed: both count', async () => {
    await a.publishFlow(chain(approvalNode('prison', { rule: { kind: 'all' } })));
    const { id } = await a.apply();
    expect(await outcomes([a.approve(id, 'p1'), a.approve(id, 'p2')])).toEqual(['ok', 'ok']);
    expect((await getCase(a.db, id)).state).toBe('approved');
    await expectConsistent(id, 3);
  });

  it('two officers act on the same version: only one of them on what he saw', async () => {
    await a.publishFlow(chain(approvalNode('prison', { rule: { kind: 'all' } })));
    const { id, version } = await a.apply();
    expect((await outcomes([a.approve(id, 'p1', version), a.approve(id, 'p2', version)])).toSorted()).toEqual(['edit_conflict', 'ok']);
    await expectConsistent(id, 2);
  });

  it('an officer approves while the family withdraws: one of them', async () => {
    await a.publishFlow(chain(approvalNode('ward')));
    for (let round = 0; round < 4; round++) {
      const { id } = await a.apply();
      const withdraw = () => act(a.db, a.holders, { caseId: id }, { type: 'withdraw', reason: '' }, a.family, a.now());
      const both = round % 2 ? [a.approve(id, 'w1'), withdraw()] : [withdraw(), a.approve(id, 'w1')];
      expect((await outcomes(both)).toSorted()).toEqual(['ok', 'wrong_state']);
      const { state, session } = await getCase(a.db, id);
      expect(session.tasks.filter((task) => task.state === 'approved')).toHaveLength(state === 'approved' ? 1 : 0);
    }
    expect(Object.values(await countWaiting(a.db)).reduce((sum, count) => sum + count, 0)).toBe(4);
  });

  it('one officer presses twenty times: he has decided once', async () => {
    await a.publishFlow(chain(approvalNode('ward', { rule: { kind: 'all' } })));
    const { id } = await a.apply();
    const pressed = await outcomes(Array.from({ length: 20 }, () => a.approve(id, 'w1')));
    expect(pressed.filter((one) => one === 'ok')).toHaveLength(1);
    expect(new Set(pressed)).toEqual(new Set(['ok', 'wrong_state']));
    await expectConsistent(id, 2);
  });

  it('twenty officers vote: the case is decided by as many as are needed', async () => {
    const voters = Array.from({ length: 20 }, (_, index) => `v${index}`);
    a.staff.voters = voters;
    await a.addOfficers(voters);
    await a.publishFlow(chain(approvalNode('voters', { rule: { kind: 'vote', needed: 12 } })));
    const { id } = await a.apply();
    const votes = await outcomes(voters.map((by) => a.approve(id, by)));
    expect([votes.filter((vote) => vote === 'ok').length, votes.filter((vote) => vote === 'wrong_state').length]).toEqual([12, 8]);
    expect((await getCase(a.db, id)).state).toBe('approved');
    await expectConsistent(id, 13);
  });

  it('one application is sent twenty times: there is one case', async () => {
    await a.publishFlow(chain(approvalNode('ward')));
    const subject = { kind: 'visit', id: 's1' };
    const sent = await outcomes(Array.from({ length: 20 }, () => a.apply({ subject })));
    expect(sent.filter((one) => one === 'ok')).toHaveLength(1);
    expect(sent.filter((one) => one === 'wrong_state')).toHaveLength(19);
  });
});
