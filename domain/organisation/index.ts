export * from './devices.ts';
export * from './migrations.ts';
export { unitNames } from './names.ts';
export { addDevice, addOrgUnit, addRoom, findDevice, findDeviceByKey, findOrgUnit, findRoom, listRooms } from './repository.ts';
export type { OrgUnit, Room } from './repository.ts';
export * from './rooms.ts';
export * from './tree.ts';
