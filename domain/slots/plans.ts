import {
  type CalendarDayKind,
  type CalendarDayView,
  QinqiaoError,
  SlotPlanContent as SlotPlanSchema,
  type SlotPlanContent,
  type SlotPlanView,
} from '@qinqiao/contracts';
import { type Db, type Days, newId } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import type { SlotTables } from './migrations.ts';
import type { Calendar, Plan } from './occurrences.ts';

const tables = (db: Db) => db.withTables<SlotTables & OrganisationTables>();
const viewOf = ({ id, prison_id, content, version }: SlotTables['slot_plans']): SlotPlanView => ({
  id,
  prisonId: prison_id,
  content: SlotPlanSchema.parse(JSON.parse(content)),
  version,
});

export async function listSlotPlans(db: Db, prisonId: string): Promise<SlotPlanView[]> {
  const rows = await tables(db).selectFrom('slot_plans').selectAll().where('prison_id', '=', prisonId).orderBy('id').limit(500).execute();
  return rows.map(viewOf);
}

/** Throws `not_found`. */
export async function getSlotPlan(db: Db, id: string): Promise<SlotPlanView> {
  const row = await tables(db).selectFrom('slot_plans').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** Throws `bad_request` for what is no prison. */
export async function addSlotPlan(db: Db, prisonId: string, content: SlotPlanContent): Promise<SlotPlanView> {
  const prison = await tables(db).selectFrom('org_units').select('kind').where('id', '=', prisonId).executeTakeFirst();
  if (prison?.kind !== 'prison') throw new QinqiaoError('bad_request', { fields: { prisonId: 'not_found' } });
  const id = newId();
  await tables(db)
    .insertInto('slot_plans')
    .values({ id, prison_id: prisonId, kind: content.kind, content: JSON.stringify(content), version: 0 })
    .execute();
  return { id, prisonId, content, version: 0 };
}

/** Appointments that were booked stay as they are. Throws `not_found`, `edit_conflict`. */
export async function editSlotPlan(db: Db, id: string, content: SlotPlanContent, version: number): Promise<SlotPlanView> {
  const change = tables(db)
    .updateTable('slot_plans')
    .set({ kind: content.kind, content: JSON.stringify(content), version: version + 1 });
  const { numUpdatedRows } = await change.where('id', '=', id).where('version', '=', version).executeTakeFirst();
  const now = await getSlotPlan(db, id);
  if (numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  return now;
}

/** Appointments that were booked stay. Throws `not_found`. Answers what it was. */
export async function removeSlotPlan(db: Db, id: string): Promise<SlotPlanView> {
  const old = await getSlotPlan(db, id);
  await tables(db).deleteFrom('slot_plans').where('id', '=', id).execute();
  return old;
}

/** The plans that a prison's slots of a kind come from. */
export async function plansOf(db: Db, prisonId: string, kind: SlotPlanContent['kind']): Promise<Plan[]> {
  const query = tables(db).selectFrom('slot_plans').selectAll().where('prison_id', '=', prisonId).where('kind', '=', kind);
  return (await query.execute()).map(viewOf);
}

/** Days of a year that differ from the ordinary, the prison's own before those of all prisons. */
export async function listCalendarDays(db: Db, prisonId: string, { from, to }: Days): Promise<CalendarDayView[]> {
  const rows = await tables(db)
    .selectFrom('calendar_days')
    .selectAll()
    .where('prison_id', 'in', ['', prisonId])
    .where('day', '>=', from)
    .where('day', '<', to)
    .orderBy('day')
    .execute();
  const own = new Set(rows.filter((row) => row.prison_id !== '').map(({ day }) => day));
  return rows
    .filter((row) => row.prison_id !== '' || !own.has(row.day))
    .map(({ day, kind, name, prison_id }) => ({ day, kind, name, prisonId: prison_id || null }));
}

export async function calendarOf(db: Db, prisonId: string, days: Days): Promise<Calendar> {
  return new Map((await listCalendarDays(db, prisonId, days)).map(({ day, kind }) => [day, kind]));
}

/** Null takes the prison's own entry of the day away. Empty `prisonId`: for all prisons. */
export async function saveCalendarDay(
  db: Db,
  prisonId: string,
  day: string,
  entry: { kind: CalendarDayKind; name: string } | null,
): Promise<void> {
  await tables(db).deleteFrom('calendar_days').where('prison_id', '=', prisonId).where('day', '=', day).execute();
  if (entry)
    await tables(db)
      .insertInto('calendar_days')
      .values({ prison_id: prisonId, day, ...entry })
      .execute();
}
