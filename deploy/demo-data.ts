import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId } from '@qinqiao/contracts';
import { setAccess } from '@qinqiao/domain/access';
import { allowWithLink } from '@qinqiao/domain/allowlist';
import { createCall } from '@qinqiao/domain/calls';
import { addDevice, addOrgUnit, addRoom, findOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer } from '@qinqiao/domain/people';
import { setParameter } from '@qinqiao/domain/settings';
import { addWord } from '@qinqiao/domain/words';
import {
  type Clock,
  type CryptoProvider,
  type Db,
  type DbTransaction,
  hashPassword,
  newId,
  SYSTEM_ACTOR,
  toInstant,
} from '@qinqiao/server-kit';
import { addDemoBookings } from './demo-bookings.ts';
import { addDemoPeople, DEMO_FAMILIES, DEMO_INMATES } from './demo-people.ts';

import { addDemoApprovals } from './demo-approvals.ts';

/** What somebody who tries Qinqiao out logs in with; kept in the data folder, readable by its owner only. */
export interface DemoLogins {
  officers: { account: string; password: string; name: string }[];
  families: { phone: string; password: string; name: string; inmate: string }[];
  inmates: { number: string; name: string }[];
  tablets: { room: string; key: string }[];
}

const BUREAU = '示范监狱管理局';
const PRISON_ID = 'demo-prison';
const WARDS = [
  { id: 'demo-ward-1', name: '一监区' },
  { id: 'demo-ward-2', name: '二监区' },
];
const ROOMS = [
  { id: 'demo-room-1', name: '会见室 1' },
  { id: 'demo-room-2', name: '会见室 2' },
];
const INMATES = DEMO_INMATES;
const FAMILIES = DEMO_FAMILIES;
const BUREAU_ID = 'demo-bureau';
const OFFICERS = [
  { id: 'demo-officer-1', account: 'officer1', name: '张警官', prison_id: PRISON_ID, role: 'supervisor' },
  { id: 'demo-officer-2', account: 'officer2', name: '刘警官', prison_id: PRISON_ID, role: 'supervisor' },
  { id: 'demo-manager', account: 'manager', name: '王科长', prison_id: PRISON_ID, role: 'business-admin' },
  { id: 'demo-sysadmin', account: 'sysadmin', name: '系统管理员', prison_id: BUREAU_ID, role: 'system-admin' },
  { id: 'demo-secadmin', account: 'secadmin', name: '安全管理员', prison_id: BUREAU_ID, role: 'security-admin' },
  { id: 'demo-auditor', account: 'auditor', name: '审计管理员', prison_id: BUREAU_ID, role: 'audit-admin' },
];
const WORDS = [
  { word: '越狱', level: 3, category: 'escape', note: '脱逃' },
  { word: '自杀', level: 3, category: 'self_harm', note: '自伤自残' },
  { word: '毒品', level: 3, category: 'drugs', note: '涉毒' },
  { word: '翻供', level: 2, category: 'case_facts', note: '案情' },
  { word: '转账', level: 2, category: 'money', note: '资金' },
  { word: '报复', level: 2, category: 'violence', note: '威胁' },
  { word: '手机', level: 1, category: 'contraband', note: '违禁品' },
  { word: '打架', level: 1, category: 'discipline', note: '监规' },
];
const MINUTE = 60_000;
/** Room, inmate and family of the first calls, and when they begin: the first two at once, so that there is something to try. */
const CALLS = [
  { room: 0, pair: 0, inMinutes: 0, minutes: 30 },
  { room: 1, pair: 1, inMinutes: 0, minutes: 30 },
  { room: 0, pair: 2, inMinutes: 45, minutes: 20 },
];

const fileOf = (dataDir: string) => join(dataDir, 'demo-logins.json');

export function readDemoLogins(dataDir: string): DemoLogins | null {
  const file = fileOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoLogins) : null;
}

interface DemoDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
}

/** On the first start only: one bureau, one prison, its people, words and first calls. Answers whether it was the first. */
export async function addDemoData({ db, crypto, clock }: DemoDeps, dataDir: string): Promise<boolean> {
  if (await findOrgUnit(db, BUREAU_ID)) return false;
  const password = () => `Qq-${randomInt(100_000, 999_999)}`;
  const logins: DemoLogins = {
    officers: OFFICERS.map(({ account, name }) => ({ account, name, password: password() })),
    families: FAMILIES.map(({ phone, name, inmate }) => ({ phone, name, password: password(), inmate: INMATES[inmate]?.name ?? '' })),
    inmates: INMATES.map(({ number, name }) => ({ number, name })),
    tablets: ROOMS.map(({ name }) => ({ room: name, key: randomBytes(16).toString('base64url') })),
  };
  const hashes = await Promise.all([...logins.officers, ...logins.families].map((login) => hashPassword(login.password)));
  await db.transaction().execute(async (trx) => {
    await addPlaces(trx, logins);
    await addPeople(trx, { crypto, clock }, hashes);
    await grantAccess(trx, crypto);
    await allowPasswordAlone(trx, clock);
    for (const word of WORDS) await addWord(trx, word, clock);
  });
  for (const call of CALLS) await addCall(db, clock, call);
  await addDemoApprovals(db, clock, PRISON_ID);
  await addDemoBookings(db, clock, PRISON_ID);
  writeFileSync(fileOf(dataDir), JSON.stringify(logins, null, 2), { mode: 0o600 });
  return true;
}

async function addPlaces(db: Db, logins: DemoLogins): Promise<void> {
  await addOrgUnit(db, { id: BUREAU_ID, parent_id: null, kind: 'bureau', name: BUREAU });
  await addOrgUnit(db, { id: PRISON_ID, parent_id: BUREAU_ID, kind: 'prison', name: '示范监狱' });
  for (const ward of WARDS) await addOrgUnit(db, { ...ward, parent_id: PRISON_ID, kind: 'ward' });
  for (const [index, room] of ROOMS.entries()) {
    await addRoom(db, { ...room, prison_id: PRISON_ID });
    await addDevice(db, { id: newId(), roomId: room.id, name: `${room.name} 平板`, key: logins.tablets[index]?.key ?? newId() });
  }
}

async function addPeople(db: Db, { crypto, clock }: Pick<DemoDeps, 'crypto' | 'clock'>, hashes: string[]): Promise<void> {
  const [...left] = hashes;
  for (const { role: _, ...officer } of OFFICERS) await addOfficer(db, { ...officer, password_hash: left.shift() ?? '' });
  await addDemoPeople(db, crypto, { prisonId: PRISON_ID, wards: WARDS, hashes: left, now: clock.now() });
  for (const { id: familyId, inmate } of FAMILIES) {
    const pair = { familyId, inmateId: INMATES[inmate].id, prisonId: PRISON_ID };
    await allowWithLink(db as DbTransaction, pair, { actor: SYSTEM_ACTOR, now: clock.now() });
  }
}

async function grantAccess(db: Db, crypto: CryptoProvider): Promise<void> {
  for (const { id, prison_id, role } of OFFICERS) {
    const scope = prison_id === BUREAU_ID ? { kind: 'bureau' as const } : { kind: 'prisons' as const, ids: [prison_id] };
    await setAccess(db, crypto, id, { roles: [role], scope });
  }
}

/** Whoever tries Qinqiao out has no device for one-time codes yet. */
async function allowPasswordAlone(db: Db, clock: Clock): Promise<void> {
  // The demo's people have no faces of their own: whoever tries it out switches the checks on in the parameters.
  const settings = { 'login.secondFactor': 'optional', 'face.inmateLogin': 'off', 'face.familyEntry': 'off' } as const;
  for (const [key, value] of Object.entries(settings) as [keyof typeof settings, string][]) {
    await setParameter(db, { key, value, version: 0 }, SYSTEM_ACTOR, toInstant(clock.now()));
  }
}

async function addCall(db: Db, clock: Clock, call: (typeof CALLS)[number]): Promise<CallId> {
  const starts = clock.now().getTime() + call.inMinutes * MINUTE;
  const [room, inmate, family] = [ROOMS[call.room], INMATES[call.pair], FAMILIES[call.pair]];
  if (!room || !inmate || !family) throw new Error('demo data: a call names what is not there');
  const people = { roomId: room.id, inmateId: inmate.id, familyId: family.id, relation: family.relation };
  const slot = { startsAt: toInstant(starts), endsAt: toInstant(starts + call.minutes * MINUTE) };
  return createCall(db, { prisonId: PRISON_ID, ...people, ...slot }, SYSTEM_ACTOR, toInstant(clock.now()));
}
