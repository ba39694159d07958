import type { CallId, CallSummary } from '@qinqiao/contracts';
import { type CallRecord, OPENS_BEFORE_MS } from '@qinqiao/domain/calls';
import { recordingStates } from '@qinqiao/domain/recordings';
import { countAlerts } from '@qinqiao/domain/words';
import type { Clock, Db } from '@qinqiao/server-kit';

/** Calls as lists show them. Parties are told neither of alerts nor of the recording's state. */
export async function summarise(db: Db, clock: Clock, calls: CallRecord[], forOfficer: boolean): Promise<CallSummary[]> {
  const ids = calls.map((call) => call.id);
  const none = new Map<CallId, never>();
  const [alerts, recordings] = forOfficer ? await Promise.all([countAlerts(db, ids), recordingStates(db, ids)]) : [none, none];
  const now = clock.now().getTime();
  return calls.map(({ id, session, inmateName, inmateNumber, wardName, familyName, relation, roomName }) => {
    const { state, startsAt, endsAt, parties, liveSince, endedAt, endReason, endNote } = session;
    const people = { inmateName, inmateNumber, wardName, familyName, relation, roomName };
    const canJoin = state !== 'ended' && now >= Date.parse(startsAt) - OPENS_BEFORE_MS && now < Date.parse(endsAt);
    const course = { state, startsAt, endsAt, parties, liveSince, endedAt, endReason, endNote, canJoin };
    return { id, ...people, ...course, alerts: alerts.get(id) ?? 0, recording: recordings.get(id) ?? 'none' };
  });
}
