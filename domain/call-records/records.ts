import { type CallBucket, type CallRecordFilter, type EndReason, QinqiaoError } from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { AppointmentTables } from '../appointments/index.ts';
import { type CallRecord, type CallTables, findCalls } from '../calls/index.ts';
import type { ConversationTables } from '../conversations/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import { fewPeopleNamed, isOfNamed, isOfPeople, type Named, type PeopleTables } from '../people/index.ts';

type Tables = CallTables & PeopleTables & OrganisationTables & AppointmentTables & ConversationTables;
export const recordTables = (db: Db) => db.withTables<Tables>();

const PEOPLE = { inmate: 'calls.inmate_id', family: 'calls.family_id' };

/** What became of a call, beside the call itself. */
export interface Outcome {
  prisonName: string;
  bucket: CallBucket;
  specialDay: string | null;
  talkedMs: number;
  screenshots: number;
  warnings: number;
  abnormal: number;
  heard: number;
  relistened: boolean;
}

interface Asked extends CallRecordFilter {
  cursor?: string | undefined;
  limit: number;
}

/**
 * A page of calls that are over, the latest first. The page's ids are read first, along an index of calls alone. Throws `bad_request` for a
 * foreign cursor.
 */
export async function listCallRecords(
  db: Db,
  filter: Asked,
): Promise<{ items: { call: CallRecord; outcome: Outcome }[]; next: string | null }> {
  const people = filter.text ? await fewPeopleNamed(db, filter.text) : null;
  const found = await narrowed(recordTables(db).selectFrom('calls').select(['calls.id', 'calls.starts_at']), filter, people)
    .orderBy('calls.starts_at', 'desc')
    .orderBy('calls.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
  const page = found.slice(0, filter.limit);
  const last = page.at(-1);
  const ids = page.map(({ id }) => id);
  const [calls, outcomes] = await Promise.all([findCalls(db, ids), outcomesOf(db, ids)]);
  const items = ids.flatMap((id) => {
    const [call, outcome] = [calls.get(id), outcomes.get(id)];
    return call && outcome ? [{ call, outcome }] : [];
  });
  return { items, next: found.length > filter.limit && last ? `${last.starts_at}|${last.id}` : null };
}

type Narrowing = SelectQueryBuilder<Tables, 'calls', { id: string; starts_at: string }>;
type Builder = ExpressionBuilder<Tables, 'calls'>;

function narrowed(query: Narrowing, filter: Asked, people: Named | null): Narrowing {
  const { prisonId, wardId, inmateId, familyId, from, to, text, endReason, met, cursor } = filter;
  // How a call ended tells as well that it is over, along an index of its own.
  let some = endReason ? ofReason(query, endReason) : query.where('calls.state', '=', 'ended');
  if (prisonId) some = some.where('calls.prison_id', '=', prisonId);
  if (inmateId) some = some.where('calls.inmate_id', '=', inmateId);
  if (familyId) some = some.where('calls.family_id', '=', familyId);
  if (from) some = some.where('calls.starts_at', '>=', instantAt(from, '00:00'));
  if (to) some = some.where('calls.starts_at', '<', instantAt(addDays(to, 1), '00:00'));
  if (met !== undefined) some = some.where('calls.talked_ms', met ? '>' : '=', 0);
  if (wardId) some = some.where((eb) => eb.exists(inmateOf(eb).where('inmates.ward_id', '=', wardId)));
  if (people) some = some.where(isOfPeople(people, PEOPLE));
  else if (text) some = some.where(isOfNamed(text, PEOPLE));
  return cursor === undefined ? some : some.where((eb) => before(eb, cursor));
}

const ofReason = (query: Narrowing, reason: EndReason) => query.where('calls.end_reason', '=', reason);
const inmateOf = (eb: Builder) => eb.selectFrom('inmates').select('inmates.id').whereRef('inmates.id', '=', 'calls.inmate_id');

function before(eb: Builder, cursor: string) {
  const [startsAt, id] = cursor.split('|');
  if (!startsAt || !id) throw new QinqiaoError('bad_request', { fields: { cursor: 'invalid' } });
  return eb.or([eb('calls.starts_at', '<', startsAt), eb.and([eb('calls.starts_at', '=', startsAt), eb('calls.id', '<', id)])]);
}

async function outcomesOf(db: Db, ids: readonly string[]): Promise<Map<string, Outcome>> {
  if (ids.length === 0) return new Map();
  const rows = await recordTables(db)
    .selectFrom('calls')
    .innerJoin('org_units as prisons', 'prisons.id', 'calls.prison_id')
    .leftJoin('appointments', 'appointments.call_id', 'calls.id')
    .leftJoin('conversations', 'conversations.id', 'calls.id')
    .select(['calls.id', 'calls.talked_ms', 'prisons.name as prison_name', 'appointments.bucket', 'appointments.special_day'])
    .select(['conversations.screenshots', 'conversations.warnings', 'conversations.abnormal', 'conversations.heard'])
    .select(['conversations.listening'])
    .where('calls.id', 'in', ids)
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        prisonName: row.prison_name,
        bucket: row.bucket ?? 'ordinary',
        specialDay: row.special_day,
        talkedMs: row.talked_ms,
        screenshots: row.screenshots ?? 0,
        warnings: row.warnings ?? 0,
        abnormal: row.abnormal ?? 0,
        heard: (row.heard ?? 0) / 1000,
        relistened: row.listening === 'done',
      },
    ]),
  );
}
