import { type BookingRefusal, type Instant, type Localised, QinqiaoError, refusalText } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, dayOf, toInstant } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import { type Bucket, type Refused, writeEntry } from '../quotas/index.ts';
import { minutesOf } from '../slots/index.ts';
import type { AppointmentTables } from './migrations.ts';

export type AppointmentRow = AppointmentTables['appointments'];
const tables = (db: Db) => db.withTables<AppointmentTables>();

/** The error that tells an applicant why not. */
export const bookingRefused = ({ refusal, text }: Refused): QinqiaoError =>
  new QinqiaoError('booking_refused', { fields: { [refusal satisfies BookingRefusal]: text } });

/** An application that nobody can decide, in the applicant's words; other errors stay as they are. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof QinqiaoError) || (error.code !== 'flow_missing' && error.code !== 'approver_missing')) return error;
  return bookingRefused({ refusal: error.code, text: refusalText(error.code) });
}

/** The appointment's row, locked. Throws `not_found`. */
export async function lockAppointment(trx: Db, id: string): Promise<AppointmentRow> {
  const row = await tables(trx).selectFrom('appointments').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

export interface Happened {
  kind: string;
  at: Instant;
  actor: Actor;
  detail: Record<string, unknown>;
}

/** Stores what happened to an appointment, changes its columns, and tells other subjects of it, all in the caller's transaction. */
export async function storeChange(
  trx: DbTransaction,
  row: AppointmentRow,
  columns: Partial<AppointmentRow>,
  happened: Happened,
): Promise<AppointmentRow> {
  const after = { ...row, ...columns, version: row.version + 1 };
  const { id: _, ...changed } = { ...columns, id: row.id, version: after.version };
  await tables(trx).updateTable('appointments').set(changed).where('id', '=', row.id).execute();
  await storeEvent(trx, after, happened);
  return after;
}

/** As its last change left it: the event's number is the row's version. */
export async function storeEvent(trx: DbTransaction, row: AppointmentRow, { kind, at, actor, detail }: Happened): Promise<void> {
  const who = { actor_role: actor.role, actor_id: actor.id, actor_name: actor.name };
  const event = { appointment_id: row.id, seq: row.version, at, kind, ...who, detail: JSON.stringify(detail) };
  await tables(trx).insertInto('appointment_events').values(event).execute();
  const { id, prison_id, inmate_id, family_id, state } = row;
  const payload = { id, prisonId: prison_id, inmateId: inmate_id, familyId: family_id, state, startsAt: row.starts_at, by: actor.role };
  await sendLater(trx, { topic: `appointment.${kind}`, key: `appointment:${id}:${row.version}`, payload: { ...payload, ...detail } }, at);
}

/** What the ledger says of an appointment: entries of one slot that it has had. */
const entryOf = (row: AppointmentRow) => ({
  prisonId: row.prison_id,
  inmateId: row.inmate_id,
  subject: { kind: 'appointment', id: row.id },
  kind: row.kind,
  bucket: row.bucket satisfies Bucket,
  day: dayOf(row.starts_at),
});

/** Reserves the quota of its present slot. */
export const reserve = (trx: Db, row: AppointmentRow, at: Instant): Promise<boolean> =>
  writeEntry(trx, { ...entryOf(row), key: keyOf(row, 'reserve'), type: 'reserve', calls: 1, minutes: minutesOf(spanOf(row)) }, at);

/** Gives back what was reserved. Answers false when that was done before. */
export const release = (trx: Db, row: AppointmentRow, at: Instant): Promise<boolean> =>
  writeEntry(trx, { ...entryOf(row), key: keyOf(row, 'release'), type: 'release', calls: 1, minutes: minutesOf(spanOf(row)) }, at);

/** Uses so many minutes, and gives the rest back. No more is used than was reserved: what an officer adds costs nothing. */
export async function consume(trx: Db, row: AppointmentRow, minutes: number, at: Instant): Promise<void> {
  const used = Math.min(minutes, minutesOf(spanOf(row)));
  const first = await writeEntry(trx, { ...entryOf(row), key: keyOf(row, 'consume'), type: 'consume', calls: 1, minutes: used }, at);
  if (first) await release(trx, row, at);
}

const keyOf = ({ id, revision }: AppointmentRow, what: string) => `appointment:${id}:${revision}:${what}`;
const spanOf = ({ starts_at, ends_at }: AppointmentRow) => ({ startsAt: starts_at, endsAt: ends_at });

export const reasonColumns = (reason: Localised | null) => ({ reason_zh: reason?.zh ?? '', reason_en: reason?.en ?? '' });

/** A reason that somebody typed is shown as typed. */
export const typed = (text: string): Localised => ({ zh: text, en: text });

export const nowOf = (now: Date): Instant => toInstant(now);

const DEADLOCK = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);
const TRIES = 4;

/** Runs a transaction, again when the database gave it up in favour of another. */
export async function withRetries<Result>(db: Db, run: (trx: DbTransaction) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(run);
    } catch (error) {
      if (attempt >= TRIES || !DEADLOCK.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
