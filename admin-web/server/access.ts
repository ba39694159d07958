import { type CallId, QinqiaoError } from '@qinqiao/contracts';
import type { OfficerAccess } from '@qinqiao/domain/access';
import { type CallRecord, findCall } from '@qinqiao/domain/calls';
import { findConversation } from '@qinqiao/domain/conversations';
import type { LoggedIn } from '@qinqiao/domain/identity';
import { findDevice } from '@qinqiao/domain/organisation';
import { findFamily, findInmate, findOfficer } from '@qinqiao/domain/people';
import type { Actor, Db } from '@qinqiao/server-kit';
import type { RequestContext } from './context.ts';

export function requireLogin(who: LoggedIn | null): LoggedIn {
  if (!who) throw new QinqiaoError('not_logged_in');
  return who;
}

/** The officer who asks. Throws `forbidden` when it is somebody else. */
export function requireOfficer({ officer }: Pick<RequestContext, 'officer'>): OfficerAccess {
  if (!officer) throw new QinqiaoError('forbidden');
  return officer;
}

/** The officer who asks, as the audit trail names him. */
export function officerActor(request: Pick<RequestContext, 'officer'>): Actor {
  const { id, name, client } = requireOfficer(request);
  return { role: client ? 'client' : 'officer', id, name };
}

/** A call that this person may know of. Anybody else's is `not_found`: its being there is nobody's business. */
export async function requireCall({ db, who }: Pick<RequestContext, 'db' | 'who'>, id: string): Promise<CallRecord> {
  const call = await findCall(db, id);
  if (!call || !(await mayKnow(db, requireLogin(who), call))) throw new QinqiaoError('not_found');
  return call;
}

/** A recorded conversation that this officer sees: a call, or what was taken in without one. Throws `not_found`. */
export async function requireRecorded({ db }: Pick<RequestContext, 'db'>, id: string): Promise<{ id: CallId }> {
  const call = await findCall(db, id);
  if (call) return { id: call.id };
  const conversation = await findConversation(db, id);
  if (!conversation) throw new QinqiaoError('not_found');
  return { id: conversation.id as CallId };
}

async function mayKnow(db: Db, who: LoggedIn, call: CallRecord): Promise<boolean> {
  if (who.role === 'family') return call.familyId === who.subjectId;
  // An officer's store shows the calls of his data scope only.
  if (who.role === 'officer') return true;
  const device = who.deviceId ? await findDevice(db, who.deviceId) : undefined;
  return call.inmateId === who.subjectId && device?.roomId === call.roomId;
}

/** Who acts, as the call's history and the audit trail name them. */
export async function actorOf(db: Db, { role, subjectId }: LoggedIn): Promise<Actor> {
  const find = { officer: findOfficer, inmate: findInmate, family: findFamily }[role];
  const person = await find(db, subjectId);
  if (!person) throw new QinqiaoError('not_logged_in');
  return { role, id: subjectId, name: person.name };
}
