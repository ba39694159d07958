import type { FlowDefinition, NewApproval } from '@qinqiao/contracts';
import { type Actor, type Db, FakeClock, newId, toInstant } from '@qinqiao/server-kit';
import type { OfficerTables } from '../officers/index.ts';
import { addOfficer } from '../people/index.ts';
import { type Database, openTestStore } from '../testing.ts';
import type { RoleHolders } from './directory.ts';
import { publish, saveDraft } from './flows.ts';
import { act, submit } from './repository.ts';

const PRISON = 'prison-1';
const STAFF: Record<string, string[]> = { ward: ['w1', 'w2', 'w3'], prison: ['p1', 'p2'], chief: ['c1'] };

/** A store with a prison's officers and their roles, and short ways to do things there. */
export async function openApprovals(on: Database) {
  const store = await openTestStore({ on });
  const { db } = store;
  const clock = new FakeClock('2026-11-21T01:00:00.000Z');
  const staff = structuredClone(STAFF);
  const holders: RoleHolders = (_db, prisonId, role) => Promise.resolve(prisonId === PRISON ? (staff[role] ?? []) : []);
  for (const id of [...Object.values(STAFF).flat(), 'x1']) await addTestOfficer(db, id, PRISON);
  await addTestOfficer(db, 'far', 'prison-2');
  const now = () => toInstant(clock.now());
  const officer = (id: string): Actor => ({ role: 'officer', id, name: `民警${id}` });
  const family: Actor = { role: 'family', id: 'f1', name: '陈秀英' };
  const publishFlow = async (definition: FlowDefinition) => {
    const draft = { prisonId: PRISON, type: 'visit' as const, name: '会见审批', definition, revision: null };
    const ref = await saveDraft(db, draft, officer('c1'), now());
    await publish(db, holders, ref, officer('c1'), now());
    return ref;
  };
  const apply = (change: Partial<NewApproval> = {}, actor = family) => submit(db, holders, application(change), actor, now());
  const doing = (caseId: string, by: string, what: Parameters<typeof act>[3], version?: number) =>
    act(db, holders, { caseId, ...(version === undefined ? {} : { version }) }, what, officer(by), now());
  const approve = (caseId: string, by: string, version?: number) => doing(caseId, by, { type: 'approve', note: '' }, version);
  const addOfficers = async (ids: string[]) => {
    for (const id of ids) await addTestOfficer(db, id, PRISON);
  };
  const disable = async (id: string) => {
    const officers = db.withTables<OfficerTables>().updateTable('officers').set({ enabled: 0 });
    await officers.where('id', '=', id).execute();
  };
  return { ...store, addOfficers, disable, clock, staff, holders, now, officer, family, publishFlow, apply, doing, approve };
}
export type TestApprovals = Awaited<ReturnType<typeof openApprovals>>;

function application(change: Partial<NewApproval>): NewApproval {
  const subject = { kind: 'visit', id: newId() };
  const snapshot = { visitors: ['陈秀英'], date: '2026-12-02' };
  return { prisonId: PRISON, type: 'visit', title: '陈建国的会见', subject, facts: { visitors: 1 }, snapshot, ...change };
}

const addTestOfficer = (db: Db, id: string, prison_id: string) =>
  addOfficer(db, { id, prison_id, account: `a-${id}`, name: `民警${id}`, password_hash: 'none' });
