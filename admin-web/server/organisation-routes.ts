import { randomBytes } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { endSessionsOf } from '@qinqiao/domain/identity';
import {
  createOfficer,
  editOfficer,
  firstPassword,
  getOfficer,
  listOfficers,
  setOfficerEnabled,
  setPassword,
} from '@qinqiao/domain/officers';
import {
  addDevice,
  addRoom,
  createOrgUnit,
  deleteOrgUnit,
  editOrgUnit,
  findOrgUnit,
  findRoom,
  listOrgUnits,
  listRooms,
} from '@qinqiao/domain/organisation';
import { newId } from '@qinqiao/server-kit';
import { requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes =
  | 'listOrgUnits'
  | 'addOrgUnit'
  | 'editOrgUnit'
  | 'deleteOrgUnit'
  | 'listRooms'
  | 'addRoom'
  | 'addTablet'
  | 'listOfficers'
  | 'addOfficer'
  | 'editOfficer'
  | 'enableOfficer'
  | 'resetPassword';

/** The organisation tree with its rooms and tablets, and officers' accounts. */
export function organisationRoutes({ clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const change = auditedChange(clock);
  return {
    listOrgUnits: async ({ db }) => ({ items: await listOrgUnits(db) }),
    addOrgUnit: (request) =>
      change(request, 'organisation.add', async (trx) => {
        const unit = await createOrgUnit(trx, request.body);
        return { answer: unit, subject: { kind: 'orgUnit', id: unit.id }, detail: { after: unit } };
      }),
    editOrgUnit: (request) =>
      change(request, 'organisation.edit', async (trx) => {
        const { before, after } = await editOrgUnit(trx, request.params.id, request.body);
        return { answer: after, subject: { kind: 'orgUnit', id: after.id }, detail: { before, after } };
      }),
    deleteOrgUnit: (request) =>
      change(request, 'organisation.delete', async (trx) => {
        const before = await deleteOrgUnit(trx, request.params.id);
        return { answer: {}, subject: { kind: 'orgUnit', id: before.id }, detail: { before } };
      }),
    listRooms: async ({ db, params }) => {
      const rooms = await listRooms(db, params.id);
      return { items: rooms.map(({ id, prison_id: prisonId, name }) => ({ id, prisonId, name })) };
    },
    addRoom: (request) =>
      change(request, 'room.add', async (trx) => {
        const prison = await findOrgUnit(trx, request.params.id);
        if (prison?.kind !== 'prison') throw new QinqiaoError('not_found');
        const room = { id: newId(), prisonId: prison.id, name: request.body.name };
        await addRoom(trx, { id: room.id, prison_id: prison.id, name: room.name });
        return { answer: room, subject: { kind: 'room', id: room.id }, detail: { after: room } };
      }),
    addTablet: (request) =>
      change(request, 'tablet.add', async (trx) => {
        const room = await findRoom(trx, request.params.id);
        if (!room) throw new QinqiaoError('not_found');
        const tablet = { id: newId(), key: randomBytes(16).toString('base64url') };
        await addDevice(trx, { ...tablet, roomId: room.id, name: request.body.name });
        return { answer: tablet, subject: { kind: 'device', id: tablet.id }, detail: { room: room.id, name: request.body.name } };
      }),
    listOfficers: ({ db, query }) => listOfficers(db, query),
    addOfficer: (request) =>
      change(request, 'officer.add', async (trx) => {
        const made = await createOfficer(trx, clock, request.body);
        return { answer: made, subject: { kind: 'officer', id: made.id }, detail: { after: request.body } };
      }),
    editOfficer: (request) =>
      change(request, 'officer.edit', async (trx) => {
        const before = await getOfficer(trx, request.params.id);
        const after = await editOfficer(trx, clock, before.id, request.body);
        return { answer: after, subject: { kind: 'officer', id: after.id }, detail: { before, after } };
      }),
    enableOfficer: (request) =>
      change(request, request.body.enabled ? 'officer.enable' : 'officer.disable', async (trx) => {
        if (request.params.id === requireOfficer(request).id) throw new QinqiaoError('own_access');
        await getOfficer(trx, request.params.id);
        const after = await setOfficerEnabled(trx, clock, request.params.id, request.body);
        if (!after.enabled) await endSessionsOf(trx, after.id);
        return { answer: after, subject: { kind: 'officer', id: after.id }, detail: { enabled: after.enabled } };
      }),
    resetPassword: (request) =>
      change(request, 'password.reset', async (trx) => {
        const officer = await getOfficer(trx, request.params.id);
        if (officer.id === requireOfficer(request).id) throw new QinqiaoError('own_access');
        const password = firstPassword();
        await setPassword(trx, clock, officer.id, password, true);
        await endSessionsOf(trx, officer.id);
        return { answer: { id: officer.id, password }, subject: { kind: 'officer', id: officer.id }, detail: {} };
      }),
  };
}
