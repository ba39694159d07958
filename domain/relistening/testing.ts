import type { CallId, Instant, PrisonId } from '@qinqiao/contracts';
import { type Db, newId, SYSTEM_ACTOR } from '@qinqiao/server-kit';
import { type CallTables, createCall, parseSession } from '../calls/index.ts';
import { addOfficer } from '../people/index.ts';
import { openRecording, type RecordingState, type RecordingTables } from '../recordings/index.ts';
import { grantTestAccess, type openTestStore, type TestPeople } from '../testing.ts';

type Store = Awaited<ReturnType<typeof openTestStore>>;
const MINUTE = 60_000;

/** A call of some minutes that is over, as its session would have left it, at so many minutes after the first. */
export async function addEndedCall({ db }: Store, { ids }: TestPeople, minutesLater: number, minutes = 10): Promise<CallId> {
  const at = (later: number): Instant => new Date(Date.parse('2026-11-20T01:00:00.000Z') + (minutesLater + later) * MINUTE).toISOString();
  const slot = { startsAt: at(0), endsAt: at(minutes) };
  const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const id = await createCall(db, { ...who, ...slot }, SYSTEM_ACTOR, at(0));
  const calls = db.withTables<CallTables>();
  const { session: text } = await calls.selectFrom('calls').select('session').where('id', '=', id).executeTakeFirstOrThrow();
  const course = { begunAt: at(0), liveSince: at(0), endedAt: at(minutes), endReason: 'time_up' as const };
  const session = JSON.stringify({ ...parseSession(text), state: 'ended', ...course });
  await calls.updateTable('calls').set({ session, state: 'ended' }).where('id', '=', id).execute();
  return id;
}

/** Makes a call's recording, which is ready. */
export async function addReadyRecording({ db }: Store, { ids }: TestPeople, callId: CallId): Promise<void> {
  const at = '2026-11-20T02:00:00.000Z';
  await openRecording(db, { callId, prisonId: ids.prison as PrisonId, epoch: '2026-11-20T01:00:00.000Z', owner: 'test', at });
  await setRecordingState(db, callId, 'ready');
}

export async function setRecordingState(db: Db, callId: string, state: RecordingState): Promise<void> {
  await db.withTables<RecordingTables>().updateTable('recordings').set({ state }).where('call_id', '=', callId).execute();
}

/** Officers of the test people's prison who may listen. */
export async function addListeners(store: Store, { ids }: TestPeople, names: readonly string[]): Promise<{ id: string; name: string }[]> {
  const made: { id: string; name: string }[] = [];
  for (const name of names) {
    const id = newId();
    await addOfficer(store.db, { id, prison_id: ids.prison, account: `l-${id}`, name, password_hash: 'none' });
    await grantTestAccess(store, id, { roles: ['supervisor'], scope: { kind: 'prisons', ids: [ids.prison] } });
    made.push({ id, name });
  }
  return made.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
