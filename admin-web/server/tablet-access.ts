import { QinqiaoError, type RestName } from '@qinqiao/contracts';
import type { OfficerAccess } from '@qinqiao/domain/access';
import { isAtDevice, type LoggedIn } from '@qinqiao/domain/identity';
import { findDevice } from '@qinqiao/domain/organisation';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import type { ServerDeps } from './context.ts';

/** What an officer may do who logged in on an inmate's tablet. */
const ON_TABLET: ReadonlySet<string> = new Set(['me', 'logout', 'listSlots', 'holdSlot', 'releaseHold', 'book', 'getQuota']);
const WRITES: ReadonlySet<string> = new Set(['holdSlot', 'book']);

interface Asked {
  name: RestName;
  who: LoggedIn | null;
  officer: OfficerAccess | null;
  input: { query?: unknown; body?: unknown };
}

/**
 * An officer who logged in on a tablet helps the inmate who is logged in there to book, and does nothing else: other endpoints and other
 * inmates are `forbidden`. What he does is audited with the tablet, beside the record of the act itself; both carry the request's id.
 */
export async function guardTablet({ db, clock }: ServerDeps, { name, who, officer, input }: Asked): Promise<void> {
  if (who?.role !== 'officer' || who.deviceId === null || !officer) return;
  if (!ON_TABLET.has(name)) throw new QinqiaoError('forbidden', { detail: 'on a tablet' });
  const inmateId = inmateOf(input);
  if (inmateId === undefined) return;
  if (!(await isAtDevice(db, clock, inmateId, who.deviceId))) throw new QinqiaoError('forbidden', { detail: 'another inmate' });
  if (!WRITES.has(name)) return;
  const device = await findDevice(db, who.deviceId);
  if (!device) throw new QinqiaoError('device_unknown');
  const actor = { role: 'officer' as const, id: officer.id, name: officer.name };
  const detail = { endpoint: name, device: device.id, tablet: device.name, room: device.roomName };
  await writeAudit(db, { at: toInstant(clock.now()), actor, action: 'tablet.assist', subject: { kind: 'inmate', id: inmateId }, detail });
}

function inmateOf({ query, body }: Asked['input']): string | undefined {
  const { inmateId } = { ...(query as object | undefined), ...(body as object | undefined) } as { inmateId?: unknown };
  return typeof inmateId === 'string' ? inmateId : undefined;
}
