import type { ApprovalType, FlowDefinition } from '@qinqiao/contracts';
import { checkCharacter } from '@qinqiao/contracts';
import { type Actor, FakeClock, toInstant } from '@qinqiao/server-kit';
import { ensureBuiltInRoles, roleHolders } from '../access/index.ts';
import { allowlistDecided } from '../allowlist/index.ts';
import { type Applying, decisionReceivers } from '../applications/index.ts';
import { act, listCases, publish, saveDraft } from '../approvals/index.ts';
import { numberDecided } from '../numbers/index.ts';
import { Dispatcher, type Message, type Receivers } from '../outbox/index.ts';
import { addTestPeople, type Database, grantTestAccess, openTestStore } from '../testing.ts';
import { companionDecided, linkDecided } from './index.ts';

const position = { x: 0, y: 0 };
const FLOW: FlowDefinition = {
  nodes: [
    { id: 'start', kind: 'start', position },
    {
      id: 'prison',
      kind: 'approval',
      name: '监狱审批',
      position,
      approvers: [{ kind: 'role', role: 'business-admin' }],
      mode: 'parallel',
      rule: { kind: 'any' },
      limit: null,
      acts: { return: true, reassign: true, addApprover: true },
    },
    { id: 'end', kind: 'end', position },
  ],
  edges: [
    { id: 'a', from: 'start', to: 'prison', when: null },
    { id: 'b', from: 'prison', to: 'end', when: null },
  ],
};

/** An invented ID number of this birth date, for a woman unless `sequence` is odd. */
export const testIdNumber = (birth: string, sequence = '002'): string => {
  const digits = `310101${birth.replaceAll('-', '')}${sequence}`;
  return digits + checkCharacter(digits);
};

/** A prison with its people and published flows, a family member who applies, and short ways to decide what is applied for. */
export async function openFamilyServices(on: Database) {
  const store = await openTestStore({ on });
  const { db, crypto } = store;
  const clock = new FakeClock('2026-11-21T01:00:00.000Z');
  const { ids, keys } = await addTestPeople(db);
  await ensureBuiltInRoles(db, crypto);
  await grantTestAccess(store, ids.officer, { roles: ['business-admin'], scope: { kind: 'prisons', ids: [ids.prison] } });
  const officer: Actor = { role: 'officer', id: ids.officer, name: '张警官' };
  const at = () => toInstant(clock.now());
  for (const type of ['registration', 'allowlist', 'number'] as const satisfies ApprovalType[]) {
    const draft = { prisonId: ids.prison, type, name: type, definition: FLOW, revision: null };
    await publish(db, roleHolders, await saveDraft(db, draft, officer, at()), officer, at());
  }
  const as = (actor: Actor): Applying => ({ db, crypto, actor, now: clock.now() });
  const family = (id = ids.family, name = '陈秀英') => as({ role: 'family', id, name });
  const others: Message[] = [];
  const keep = (message: Message) => Promise.resolve(void others.push(message));
  const decided = { kinship: linkDecided, companion: companionDecided, allowlist: allowlistDecided, number: numberDecided };
  const receivers: Receivers = { ...decisionReceivers({ db, clock }, decided), 'allowlist.ended': keep, 'people.blocked': keep };
  const deliver = async () => {
    const dispatcher = new Dispatcher(db, { clock, receivers });
    while (await dispatcher.deliverOne());
  };
  /** Decides the open case about this record and lets everybody know. */
  const decide = async (subjectId: string, reason?: string) => {
    const { items } = await listCases(db, { state: 'open', limit: 50 });
    const found = items.find((item) => item.subjectId === subjectId);
    if (!found) throw new Error('no open case');
    const doing = reason === undefined ? ({ type: 'approve', note: '' } as const) : ({ type: 'refuse', reason } as const);
    await act(db, roleHolders, { caseId: found.id }, doing, officer, at());
    await deliver();
    return found.id;
  };
  return { ...store, clock, ids, keys, officer: () => as(officer), family, decide, deliver, others, receivers, at };
}
export type FamilyServices = Awaited<ReturnType<typeof openFamilyServices>>;
