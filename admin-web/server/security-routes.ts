import { QinqiaoError } from '@qinqiao/contracts';
import { changeAccess, createRole, deleteRole, editRole, getAccess, listRoles } from '@qinqiao/domain/access';
import { requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'listRoles' | 'addRole' | 'editRole' | 'deleteRole' | 'getAccess' | 'setAccess' | 'listKeys' | 'rotateKeys';

/** Roles, what officers may do and see, and the installation's keys: the security administrator's work. */
export function securityRoutes({ crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const change = auditedChange(clock);
  return {
    listRoles: async ({ db }) => ({ items: await listRoles(db, crypto) }),
    addRole: (request) =>
      change(request, 'role.add', async (trx) => {
        const role = await createRole(trx, crypto, request.body);
        return { answer: role, subject: { kind: 'role', id: role.id }, detail: { after: role } };
      }),
    editRole: (request) =>
      change(request, 'role.edit', async (trx) => {
        assertNotOwn(request, request.params.id);
        const { before, after } = await editRole(trx, crypto, request.params.id, request.body);
        return { answer: after, subject: { kind: 'role', id: after.id }, detail: { before, after } };
      }),
    deleteRole: (request) =>
      change(request, 'role.delete', async (trx) => {
        const before = await deleteRole(trx, request.params.id);
        return { answer: {}, subject: { kind: 'role', id: before.id }, detail: { before } };
      }),
    getAccess: ({ db, params }) => getAccess(db, crypto, params.id),
    setAccess: (request) =>
      change(request, 'access.assign', async (trx) => {
        const wanted = { officerId: request.params.id, ...request.body };
        const { before, after } = await changeAccess(trx, crypto, requireOfficer(request), wanted);
        return { answer: after, subject: { kind: 'officer', id: after.officerId }, detail: { before, after } };
      }),
    listKeys: async () => {
      const keys = await crypto.publicKeys();
      return { items: keys.map(({ keyId, publicKey }, index) => ({ id: keyId, newest: index === 0, publicKey })) };
    },
    rotateKeys: (request) =>
      change(request, 'key.rotate', async () => {
        const id = await crypto.rotate();
        return { answer: { id }, subject: { kind: 'key', id }, detail: {} };
      }),
  };
}

/** Who holds a role does not add to it. */
function assertNotOwn(request: Pick<RequestContext, 'officer'>, roleId: string): void {
  if (requireOfficer(request).roles.includes(roleId)) throw new QinqiaoError('own_access');
}
