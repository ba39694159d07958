import { QinqiaoError } from '@qinqiao/contracts';
import { endSessionsOn } from '@qinqiao/domain/identity';
import { type Device, getDevice, listDevices, rebindDevice, renameDevice, setDeviceState } from '@qinqiao/domain/organisation';
import { getPairing, isInUse, noteVenueChange, openPairing, reassign } from '@qinqiao/domain/venues';
import type { Db } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { deviceView } from './venue-views.ts';

type Routes =
  | 'listDevices'
  | 'getDevice'
  | 'openPairing'
  | 'getPairing'
  | 'renameDevice'
  | 'rebindDevice'
  | 'setDeviceState'
  | 'revokeDevice';

/** Tablets: which there are, pairing, and what is done with them. */
export function deviceRoutes({ db: whole, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const change = auditedChange(clock);
  const edit = (request: Pick<RequestContext, 'db' | 'officer'>, action: string, id: string, run: (trx: Db) => Promise<Device>) =>
    change(request, action, async (trx) => {
      const before = await getDevice(trx, id);
      const after = await run(trx);
      await noteVenueChange(trx, clock, after);
      return { answer: after, subject: { kind: 'device', id }, detail: { before: placeOf(before), after: placeOf(after) } };
    });
  // On the whole store: calls that the officer does not see take rooms, too.
  const settle = async (request: Pick<RequestContext, 'officer'>, device: Device) => ({
    device: deviceView(device, clock.now()),
    result: await reassign({ db: whole, clock, actor: officerActor(request) }, device.prisonId),
  });
  return {
    listDevices: async ({ db, query }) => {
      const { items, next } = await listDevices(db, query);
      return { items: items.map((device) => deviceView(device, clock.now())), next };
    },
    getDevice: async ({ db, params }) => deviceView(await getDevice(db, params.id), clock.now()),
    openPairing: (request) =>
      change(request, 'device.openPairing', async (trx) => {
        const pairing = await openPairing(trx, clock, request.body, officerActor(request).name);
        const { roomId, name, deviceId = null } = request.body;
        const detail = { pairing: pairing.id, roomId, name, deviceId, expiresAt: pairing.expiresAt };
        return { answer: pairing, subject: { kind: 'room', id: roomId }, detail };
      }),
    getPairing: async ({ db, params }) => {
      const { state, device } = await getPairing(db, clock, params.id);
      return { state, device: device && deviceView(device, clock.now()) };
    },
    renameDevice: async (request) => {
      const { id } = request.params;
      return deviceView(await edit(request, 'device.rename', id, (trx) => renameDevice(trx, id, request.body)), clock.now());
    },
    rebindDevice: async (request) => {
      const { id } = request.params;
      const device = await edit(request, 'device.rebind', id, async (trx) => {
        // Whoever is in the room counts, seen by the officer or not.
        if (await isInUse(trx.withoutPlugins(), await getDevice(trx, id), clock.now())) throw new QinqiaoError('in_use');
        await endSessionsOn(trx, id);
        return rebindDevice(trx, id, request.body);
      });
      return settle(request, device);
    },
    setDeviceState: async (request) => {
      const { id } = request.params;
      const { state } = request.body;
      const action = state === 'broken' ? 'device.broken' : 'device.inService';
      return settle(request, await edit(request, action, id, (trx) => setDeviceState(trx, id, request.body)));
    },
    revokeDevice: async (request) => {
      const { id } = request.params;
      const device = await edit(request, 'device.revoke', id, async (trx) => {
        await endSessionsOn(trx, id);
        return setDeviceState(trx, id, { ...request.body, state: 'revoked' });
      });
      return settle(request, device);
    },
  };
}

const placeOf = ({ name, roomId, roomName, state, reason }: Device) => ({ name, roomId, roomName, state, reason });
