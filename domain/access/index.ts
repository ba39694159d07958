export { ensureBuiltInRoles, roleHolders, setAccess } from './grant.ts';
export { findAsker, loadAccess, type OfficerAccess, seenUnits } from './load.ts';
export { type AccessTables, accessMigrations, accessScopes } from './migrations.ts';
export { roleNames } from './role-names.ts';
export { type AccessChange, changeAccess, createRole, deleteRole, dutyOf, editRole, getAccess, listRoles } from './roles.ts';
