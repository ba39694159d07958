export { changePassword, findOfficerLogin, type OfficerLogin, setPassword } from './logins.ts';
export { officerMigrations, type OfficerTables } from './migrations.ts';
export {
  createOfficer,
  editOfficer,
  firstPassword,
  getOfficer,
  listOfficers,
  type OfficerContent,
  type OfficerFilter,
  setOfficerEnabled,
} from './officers.ts';
export { officerTransfer } from './transfer.ts';
