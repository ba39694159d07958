import { type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type CryptoProvider, type DbTransaction, newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { type PeopleTables, personHashes } from '../people/index.ts';
import type { BookingDeps } from './deps.ts';
import { happen } from './endings.ts';
import type { AppointmentTables } from './migrations.ts';
import { type PackageRow, parseRow, referenceIn, rowsOf } from './package-format.ts';
import { lockInmate, relationOf } from './parties.ts';
import { type AppointmentRow, consume, reasonColumns, reserve, storeEvent, withRetries } from './store.ts';

/** Wrong rows that a report names. */
const MOST_NAMED = 1000;

export interface ImportReport {
  rows: number;
  /** Rows that changed something. */
  taken: number;
  /** Rows that said what was known. */
  known: number;
  wrong: { row: number; reference: string; reason: Localised }[];
}

interface Importing extends BookingDeps {
  crypto: CryptoProvider;
  actor: Actor;
  prisonId: string;
}

/**
 * Takes in what a prison's own system says of appointments: new ones, and how known ones ended. Each row counts by itself; a wrong one is told with
 * its reason and keeps no other from being taken. The same package may come again. Throws `file_invalid` when it is no package of this prison or
 * was changed on its way.
 */
export async function importPackage(importing: Importing, text: string): Promise<ImportReport> {
  const lines = rowsOf(text, importing.prisonId);
  const report: ImportReport = { rows: lines.length, taken: 0, known: 0, wrong: [] };
  for (const [index, line] of lines.entries()) {
    const reference = referenceIn(line);
    try {
      const changed = await takeRow(importing, parseRow(line));
      report[changed ? 'taken' : 'known']++;
    } catch (error) {
      if (!(error instanceof QinqiaoError) || error.code === 'internal') throw error;
      const reason = Object.values(error.fieldTexts ?? {})[0] ?? error.body().text;
      if (report.wrong.length < MOST_NAMED) report.wrong.push({ row: index + 1, reference, reason });
    }
  }
  return report;
}

/** Whether the row changed anything. */
async function takeRow(importing: Importing, row: PackageRow): Promise<boolean> {
  const { db, prisonId } = importing;
  const known = await db
    .withTables<AppointmentTables>()
    .selectFrom('appointments')
    .selectAll()
    .where('prison_id', '=', prisonId)
    .where((eb) => eb.or([eb('external_ref', '=', row.reference), eb('id', '=', row.reference)]))
    .executeTakeFirst();
  return known ? takeEnding(importing, known, row) : takeNew(importing, row);
}

async function takeEnding({ db, clock, actor }: Importing, known: AppointmentRow, row: PackageRow): Promise<boolean> {
  if (row.state === 'approved' || row.state === known.state) return false;
  const reason = row.reason === '' ? null : { zh: row.reason, en: row.reason };
  const event = row.state === 'cancelled' ? ({ type: 'cancelled' } as const) : ({ type: 'ended', outcome: row.state } as const);
  const minutes = row.minutes ?? Infinity;
  const whole = { zh: '监狱系统通知', en: 'As the prison’s system says' };
  const happening = {
    event,
    actor,
    minutes,
    reason: row.state === 'completed' ? reason : (reason ?? whole),
    detail: { reference: row.reference },
  };
  if (await happen({ db, clock }, known.id, happening)) return true;
  throw new QinqiaoError('wrong_state', {
    fields: { state: { zh: `当前状态（${known.state}）不能改为${row.state}`, en: `${known.state} cannot become ${row.state}` } },
  });
}

/** What the prison's own system booked: it is counted as it is said, also beyond the quota, because it takes place or did. */
async function takeNew(importing: Importing, row: PackageRow): Promise<boolean> {
  const { db, clock, actor, prisonId } = importing;
  const inmate = await db
    .withTables<PeopleTables>()
    .selectFrom('inmates')
    .select('id')
    .where('prison_id', '=', prisonId)
    .where('number', '=', row.inmateNumber)
    .executeTakeFirst();
  if (!inmate) throw refusedRow('inmateNumber', '未找到该罪犯编号', 'No inmate has this number');
  const familyId = await familyOf(importing, inmate.id, row);
  const at = toInstant(clock.now());
  await withRetries(db, async (trx) => {
    await lockInmate(trx, inmate.id);
    const stored = await insertRow(trx, { row, importing, inmateId: inmate.id, familyId, at });
    if (row.state === 'approved') await reserve(trx, stored, at);
    if (row.state === 'completed') {
      await reserve(trx, stored, at);
      await consume(trx, stored, row.minutes ?? Infinity, at);
    }
    await storeEvent(trx, stored, { kind: 'imported', at, actor, detail: { reference: row.reference, state: row.state } });
    await writeAudit(trx, {
      at,
      actor,
      action: 'appointment.import',
      subject: { kind: 'appointment', id: stored.id },
      detail: { reference: row.reference, state: row.state, startsAt: row.startsAt },
    });
  });
  return true;
}

const refusedRow = (field: string, zh: string, en: string) => new QinqiaoError('bad_request', { fields: { [field]: { zh, en } } });

/** The inmate's relative that the row means: by ID number, by telephone, else the only one of that name. */
async function familyOf({ db, crypto }: Importing, inmateId: string, row: PackageRow): Promise<string> {
  const kin = await db
    .withTables<PeopleTables>()
    .selectFrom('kinships')
    .innerJoin('families', 'families.id', 'kinships.family_id')
    .select(['families.id', 'families.name', 'families.id_number_hash', 'families.phone_hash'])
    .where('kinships.inmate_id', '=', inmateId)
    .execute();
  const hashes = async (field: 'idNumber' | 'phone', text: string): Promise<string[]> =>
    text === '' ? [] : personHashes(crypto, 'families', field, text);
  const [ids, phones] = [await hashes('idNumber', row.familyIdNumber), await hashes('phone', row.familyPhone)];
  const sure = kin.find((one) => ids.includes(one.id_number_hash ?? '-') || phones.includes(one.phone_hash ?? '-'));
  if (sure) return sure.id;
  const named = kin.filter(({ name }) => name === row.familyName);
  if (named.length === 1 && ids.length === 0 && phones.length === 0) return named[0]?.id ?? '';
  throw refusedRow('familyName', '未找到该罪犯的这名亲属', 'This inmate has no such relative');
}

interface NewRow {
  row: PackageRow;
  importing: Importing;
  inmateId: string;
  familyId: string;
  at: string;
}

async function insertRow(trx: DbTransaction, { row, importing, inmateId, familyId, at }: NewRow): Promise<AppointmentRow> {
  const { actor, prisonId } = importing;
  const reason =
    row.reason === '' && row.state !== 'missed' && row.state !== 'cancelled'
      ? null
      : { zh: row.reason || '监狱系统通知', en: row.reason || 'As the prison’s system says' };
  const stored: AppointmentRow = {
    id: newId(),
    prison_id: prisonId,
    inmate_id: inmateId,
    family_id: familyId,
    relation: (await relationOf(trx, inmateId, familyId)) ?? '',
    kind: row.kind,
    state: row.state,
    slot_id: null,
    starts_at: row.startsAt,
    ends_at: row.endsAt,
    companions: '[]',
    bucket: 'ordinary',
    special_day: null,
    room_id: null,
    room_pinned: 0,
    call_id: null,
    case_id: null,
    rule_name: null,
    ...reasonColumns(reason),
    booked_by_role: actor.role,
    booked_by_id: actor.id,
    booked_by_name: actor.name,
    booked_at: at,
    revision: 0,
    external_ref: row.reference,
    version: 0,
  };
  await trx.withTables<AppointmentTables>().insertInto('appointments').values(stored).execute();
  return stored;
}
