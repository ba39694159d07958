import { DEFAULT_CALL_RULE, type SlotPlanContent, TreatmentLevel } from '@qinqiao/contracts';
import type { AppointmentTables } from '@qinqiao/domain/appointments';
import type { AllowlistTables } from '@qinqiao/domain/allowlist';
import { publish, saveDraft } from '@qinqiao/domain/approvals';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addFamily, addKinship, addOfficer, type PeopleTables } from '@qinqiao/domain/people';
import { type QuotaTables, saveCallRule } from '@qinqiao/domain/quotas';
import { addReviewRule } from '@qinqiao/domain/reviews';
import { addSlotPlan, type SlotTables } from '@qinqiao/domain/slots';
import { addDays, type CryptoProvider, type Db, dayOf, instantAt, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { roleHolders, setAccess } from '@qinqiao/domain/access';
import { progress } from '../stage.ts';

export const PRISONS = 15;
export const INMATES = 50_000;
export const APPOINTMENTS = 1_500_000;
/** Who books in the bench. */
export const USERS = 200;
const CHUNK = 1000;
const SLOTS_A_DAY = 10;
const CAPACITY = 40;

type Tables = AppointmentTables & PeopleTables & QuotaTables & SlotTables & AllowlistTables;
const pad = (index: number) => String(index).padStart(8, '0');
export const inmateId = (index: number) => `i${pad(index)}`;
export const familyId = (index: number) => `f${pad(index)}`;
export const phoneOf = (index: number) => `138${pad(index)}`;
const prisonOf = (index: number) => `prison-${index % PRISONS}`;
const timeAt = (slot: number) => `${String(8 + slot).padStart(2, '0')}:00`;

const PLAN: SlotPlanContent = {
  name: '每日',
  kind: 'video',
  days: { kind: 'week', days: [1, 2, 3, 4, 5, 6, 7] },
  times: Array.from({ length: SLOTS_A_DAY }, (_, slot) => ({ from: timeAt(slot), to: `${timeAt(slot).slice(0, 3)}30` })),
  capacity: CAPACITY,
  validFrom: '2020-01-01',
  validUntil: null,
  onHolidays: true,
  aheadDays: 60,
  noticeMinutes: 0,
  enabled: true,
};

/** A year of 15 prisons: people, slots, 1.5 million appointments with their quota entries, and 200 families who can book. */
export async function addBenchYear(db: Db, crypto: CryptoProvider, passwordHash: string): Promise<void> {
  const now = Date.now();
  await addPlaces(db, crypto, passwordHash, toInstant(now));
  await inChunks(db, INMATES, 'inmates', (index) => ({
    id: inmateId(index),
    prison_id: prisonOf(index),
    ward_id: `${prisonOf(index)}-ward`,
    number: `N${pad(index)}`,
    name: `罪犯${index}`,
    pinyin: 'zf',
    version: 1,
  }));
  await inChunks(db, INMATES, 'families', (index) => ({
    id: familyId(index + USERS),
    prison_id: prisonOf(index),
    name: `家属${index}`,
    pinyin: 'js',
    version: 1,
    password_hash: '',
  }));
  for (let index = 0; index < USERS; index++) await addUser(db, crypto, index, passwordHash);
  progress('people are there');
  const plans = await db.withTables<Tables>().selectFrom('slot_plans').select(['id', 'prison_id']).execute();
  const planOf = new Map(plans.map(({ id, prison_id }) => [prison_id, id]));
  const at = (index: number) => placeOf(index, dayOf(now));
  const slotId = (index: number) => `${planOf.get(prisonOf(index)) ?? ''}@${at(index).startsAt.slice(0, 16)}Z`;
  await inChunks(db, APPOINTMENTS, 'appointments', (index) => appointmentOf(index, slotId(index), at(index)));
  progress('appointments are there');
  await inChunks(db, APPOINTMENTS, 'quota_entries', (index) => entryOf(index, at(index)));
  progress('quota entries are there');
  await addSlotRows(db, planOf, dayOf(now));
}

/** A year back and a fortnight ahead; an inmate's appointments lie about twelve days apart. */
function placeOf(index: number, today: string): { day: string; startsAt: string; endsAt: string } {
  const day = addDays(today, 14 - Math.floor(index / (APPOINTMENTS / 379)));
  const slot = (Math.floor(index / PRISONS) * 7) % SLOTS_A_DAY;
  return { day, startsAt: instantAt(day, timeAt(slot)), endsAt: instantAt(day, `${timeAt(slot).slice(0, 3)}30`) };
}

function appointmentOf(index: number, slot: string, { startsAt, endsAt }: ReturnType<typeof placeOf>): object {
  const who = USERS + (index % (INMATES - USERS));
  const past = startsAt < new Date().toISOString();
  return {
    id: `a${String(index).padStart(9, '0')}`,
    prison_id: prisonOf(who),
    inmate_id: inmateId(who),
    family_id: familyId(who + USERS),
    relation: '母亲',
    kind: 'video',
    state: past ? 'completed' : 'approved',
    slot_id: slot,
    starts_at: startsAt,
    ends_at: endsAt,
    companions: '[]',
    bucket: 'ordinary',
    special_day: null,
    room_id: null,
    room_pinned: 0,
    call_id: past ? `c${index}` : null,
    case_id: null,
    rule_name: null,
    reason_zh: '',
    reason_en: '',
    booked_by_role: 'family',
    booked_by_id: familyId(who + USERS),
    booked_by_name: '家属',
    booked_at: startsAt,
    revision: 0,
    external_ref: null,
    version: 1,
  };
}

function entryOf(index: number, { day, startsAt }: ReturnType<typeof placeOf>): object {
  const who = USERS + (index % (INMATES - USERS));
  const id = `a${String(index).padStart(9, '0')}`;
  const what = { kind: 'video', bucket: 'ordinary', type: 'consume', day, calls: 1, minutes: 25 };
  const whose = { prison_id: prisonOf(who), inmate_id: inmateId(who), subject_kind: 'appointment', subject_id: id };
  return { id, entry_key: `appointment:${id}:0:consume`, ...whose, ...what, at: startsAt };
}

async function addSlotRows(db: Db, planOf: ReadonlyMap<string, string>, today: string): Promise<void> {
  const rows: object[] = [];
  for (let prison = 0; prison < PRISONS; prison++) {
    for (let day = 0; day <= 14; day++) {
      for (let slot = 0; slot < SLOTS_A_DAY; slot++) {
        const startsAt = instantAt(addDays(today, day), timeAt(slot));
        const endsAt = instantAt(addDays(today, day), `${timeAt(slot).slice(0, 3)}30`);
        const plan = planOf.get(`prison-${prison}`) ?? '';
        const what = { prison_id: `prison-${prison}`, plan_id: plan, kind: 'video', starts_at: startsAt, ends_at: endsAt };
        rows.push({ id: `${plan}@${startsAt.slice(0, 16)}Z`, ...what, taken: 20 });
      }
    }
  }
  await inChunks(db, rows.length, 'slots', (index) => rows[index] ?? {});
}

async function addPlaces(db: Db, crypto: CryptoProvider, passwordHash: string, at: string): Promise<void> {
  await addOrgUnit(db, { id: 'bureau', parent_id: null, kind: 'bureau', name: '局' });
  await addOfficer(db, { id: 'officer-bureau', prison_id: 'bureau', account: 'bureau', name: '民警', password_hash: passwordHash });
  await setAccess(db, crypto, 'officer-bureau', { roles: ['business-admin'], scope: { kind: 'bureau' } });
  for (let prison = 0; prison < PRISONS; prison++) {
    const id = `prison-${prison}`;
    await addOrgUnit(db, { id, parent_id: 'bureau', kind: 'prison', name: `第${prison}监狱` });
    await addOrgUnit(db, { id: `${id}-ward`, parent_id: id, kind: 'ward', name: '一监区' });
    const officer = { id: `officer-${prison}`, prison_id: id, account: id, name: '民警', password_hash: passwordHash };
    await addOfficer(db, officer);
    await setAccess(db, crypto, officer.id, { roles: ['business-admin'], scope: { kind: 'prisons', ids: [id] } });
    await addSlotPlan(db, id, PLAN);
    for (const level of TreatmentLevel.options) {
      const limits = [{ kinds: ['video' as const], period: 'month' as const, calls: 1000, minutes: null }];
      await saveCallRule(db, { prisonId: id, level, content: { ...DEFAULT_CALL_RULE, limits }, version: 0 }, at);
    }
    const rule = {
      name: '重控',
      kinds: [],
      conditions: { keyControl: true },
      decision: 'officer' as const,
      reason: { zh: '', en: '' },
      enabled: true,
    };
    await addReviewRule(db, id, rule);
    const ref = await saveDraft(db, { prisonId: id, type: 'call', name: '审批', definition: FLOW, revision: null }, SYSTEM_ACTOR, at);
    await publish(db, roleHolders, ref, SYSTEM_ACTOR, at);
  }
}

const FLOW = {
  nodes: [
    { id: 'start', kind: 'start' as const, position: { x: 0, y: 0 } },
    {
      id: 'ward',
      kind: 'approval' as const,
      name: '审批',
      position: { x: 200, y: 0 },
      approvers: [{ kind: 'role' as const, role: 'business-admin' }],
      mode: 'parallel' as const,
      rule: { kind: 'any' as const },
      limit: null,
      acts: { return: true, reassign: true, addApprover: true },
    },
    { id: 'end', kind: 'end' as const, position: { x: 400, y: 0 } },
  ],
  edges: [
    { id: 'a', from: 'start', to: 'ward', when: null },
    { id: 'b', from: 'ward', to: 'end', when: null },
  ],
};

async function addUser(db: Db, crypto: CryptoProvider, index: number, password_hash: string): Promise<void> {
  const id = familyId(index);
  await addFamily(db, crypto, { id, prison_id: prisonOf(index), name: '家属', phone: phoneOf(index), password_hash });
  await addKinship(db, { family_id: id, inmate_id: inmateId(index), relation: '母亲' });
  const period = {
    valid_from: '2026-01-01',
    valid_until: '2099-12-31',
    from_at: '2026-01-01T00:00:00.000Z',
    until_at: '2099-12-31T16:00:00.000Z',
  };
  const kinds = { video: 1 as const, visit: 1 as const, phone: 0 as const };
  const origin = { reason: '', decision: null, papers: '[]', source: 'officer' as const, case_id: null };
  const times = { created_at: period.from_at, updated_at: period.from_at, version: 0 };
  const whose = { id: `w${index}`, prison_id: prisonOf(index), family_id: id, inmate_id: inmateId(index) };
  await db
    .withTables<Tables>()
    .insertInto('allowlist')
    .values({ ...whose, ...kinds, ...period, state: 'active', ...origin, ...times })
    .execute();
}

async function inChunks(db: Db, count: number, table: keyof Tables, make: (index: number) => object): Promise<void> {
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, offset) => make(from + offset));
    await db.withTables<Record<string, object>>().insertInto(table).values(rows).execute();
  }
}
