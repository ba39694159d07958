import { QinqiaoError } from '@qinqiao/contracts';
import { findCall } from '@qinqiao/domain/calls';
import { locateAppointment } from '@qinqiao/domain/venues';
import type { Db } from '@qinqiao/server-kit';
import type { Located } from '@qinqiao/domain/venues';

/** Of which prison and when an appointment or call is, in the officer's data scope. Throws `not_found`. */
export async function whereIs(db: Db, itemId: string): Promise<Located> {
  const appointment = await locateAppointment(db, itemId);
  if (appointment) return appointment;
  const call = await findCall(db, itemId);
  if (!call) throw new QinqiaoError('not_found');
  return { prisonId: call.prisonId, startsAt: call.session.startsAt };
}
