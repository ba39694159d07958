import { QinqiaoError } from '@qinqiao/contracts';
import { type CallRecord, findCall } from '@qinqiao/domain/calls';
import type { LoggedIn } from '@qinqiao/domain/identity';
import { findDevice } from '@qinqiao/domain/organisation';
import { findFamily, findInmate, findOfficer } from '@qinqiao/domain/people';
import type { Actor, Db } from '@qinqiao/server-kit';

export function requireLogin(who: LoggedIn | null): LoggedIn {
  if (!who) throw new QinqiaoError('not_logged_in');
  return who;
}

/** The officer who asks. Throws `not_logged_in` when the account is no more. */
export async function requireOfficer(db: Db, who: LoggedIn | null) {
  const { role, subjectId } = requireLogin(who);
  if (role !== 'officer') throw new QinqiaoError('forbidden');
  const officer = await findOfficer(db, subjectId);
  if (!officer) throw new QinqiaoError('not_logged_in');
  return officer;
}

/** A call that this person may know of. Anybody else's is `not_found`: its being there is nobody's business. */
export async function requireCall(db: Db, who: LoggedIn | null, id: string): Promise<CallRecord> {
  const call = await findCall(db, id);
  if (!call || !(await mayKnow(db, requireLogin(who), call))) throw new QinqiaoError('not_found');
  return call;
}

async function mayKnow(db: Db, who: LoggedIn, call: CallRecord): Promise<boolean> {
  if (who.role === 'family') return call.familyId === who.subjectId;
  if (who.role === 'officer') return (await findOfficer(db, who.subjectId))?.prisonId === call.prisonId;
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
