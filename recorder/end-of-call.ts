import type { CallId, Instant } from '@qinqiao/contracts';
import { findCall } from '@qinqiao/domain/calls';
import type { Db } from '@qinqiao/server-kit';

/** When the call ended by its session, or null while it goes on or is not known. */
export async function endOfCall(db: Db, callId: CallId): Promise<Instant | null> {
  const call = await findCall(db, callId);
  return call?.session.state === 'ended' ? call.session.endedAt : null;
}
