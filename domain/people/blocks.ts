import { type BlockInput, type BlockView, type PersonKind, QinqiaoError } from '@qinqiao/contracts';
import { type Db, type DbTransaction, newestFirst, newId, toInstant } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import { type Editing, auditPerson, found, transactional } from './changes.ts';
import type { PageOf } from './page.ts';
import type { PeopleTables } from './tables.ts';

const people = (db: Db) => db.withTables<PeopleTables>();
type Row = PeopleTables['blocks'];

export interface BlockFilter {
  /** Beginning of a name. */
  text?: string | undefined;
  prisonId?: string | undefined;
  personKind?: PersonKind | undefined;
  personId?: string | undefined;
  /** Only those in force at this moment, or later. */
  open?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of the blocklist, the newest first. */
export async function listBlocks(db: Db, filter: BlockFilter, now: Date): Promise<PageOf<BlockView>> {
  const at = toInstant(now);
  const { text, prisonId, personKind, personId, open, cursor, limit } = filter;
  let query = people(db).selectFrom('blocks').selectAll();
  if (prisonId !== undefined) query = query.where('prison_id', '=', prisonId);
  if (personKind !== undefined) query = query.where('person_kind', '=', personKind);
  if (personId !== undefined) query = query.where('person_id', '=', personId);
  if (text) query = query.where('person_name', 'like', `%${text.replace(/[%_]/g, '')}%`);
  if (open) query = query.where('lifted_at', 'is', null).where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>', at)]));
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map((row) => toView(row, at)), next };
}

/** Puts somebody on the blocklist. Throws `bad_request` naming the field. */
export async function addBlock(editing: Editing, input: BlockInput): Promise<BlockView> {
  const { db, actor, now } = editing;
  const at = toInstant(now);
  const { personKind, personId, reason, from, until } = input;
  if (until !== null && until <= from) throw new QinqiaoError('bad_request', { fields: { until: 'date_order' } });
  if (until !== null && until <= at) throw new QinqiaoError('bad_request', { fields: { until: 'in_the_past' } });
  const person = await findPerson(db, personKind, personId);
  if (!person?.prison_id) throw new QinqiaoError('bad_request', { fields: { personId: 'not_found' } });
  const id = newId();
  const whom = { prison_id: person.prison_id, person_kind: personKind, person_id: personId, person_name: person.name };
  const made = { created_by: actor.id, created_by_name: actor.name, created_at: at };
  const open = { lifted_at: null, lifted_by: null, lifted_by_name: null, lift_reason: null };
  const row = { id, ...whom, reason, from_at: from, until_at: until, ...made, ...open };
  await transactional(db, async (trx) => {
    await people(trx).insertInto('blocks').values(row).execute();
    await auditPerson(trx, editing, 'blocklist.add', { kind: personKind, id: personId }, { block: id, reason, from, until });
    // What is booked within that time is stopped.
    const told = { topic: 'people.blocked', key: `blocked:${id}`, payload: { personKind, personId, from, until, reason } };
    await sendLater(trx as DbTransaction, told, at);
  });
  return toView(row, at);
}

/** Ends a block before its time. Throws `not_found`, or `wrong_state` when it is over or was lifted. */
export async function liftBlock(editing: Editing, id: string, reason: string): Promise<BlockView> {
  const { db, actor, now } = editing;
  const at = toInstant(now);
  return transactional(db, async (trx) => {
    const row = found(await people(trx).selectFrom('blocks').selectAll().where('id', '=', id).forUpdate().executeTakeFirst());
    if (row.lifted_at !== null || (row.until_at !== null && row.until_at <= at)) throw new QinqiaoError('wrong_state');
    const lifted = { lifted_at: at, lifted_by: actor.id, lifted_by_name: actor.name, lift_reason: reason };
    await people(trx).updateTable('blocks').set(lifted).where('id', '=', id).execute();
    await auditPerson(trx, editing, 'blocklist.lift', { kind: row.person_kind, id: row.person_id }, { block: id, reason });
    return toView({ ...row, ...lifted }, at);
  });
}

/** The block that keeps this person from visits at this instant, or undefined; of several the one that lasts longest. */
export async function findActiveBlock(db: Db, kind: PersonKind, id: string, at: string): Promise<BlockView | undefined> {
  const rows = await people(db)
    .selectFrom('blocks')
    .selectAll()
    .where('person_kind', '=', kind)
    .where('person_id', '=', id)
    .where('from_at', '<=', at)
    .where('lifted_at', 'is', null)
    .where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>', at)]))
    .execute();
  const end = (row: Row) => row.until_at ?? '9999';
  const [longest] = rows.toSorted((a, b) => end(b).localeCompare(end(a)));
  return longest && toView(longest, at);
}

async function findPerson(db: Db, kind: PersonKind, id: string): Promise<{ name: string; prison_id: string | null } | undefined> {
  const table = ({ inmate: 'inmates', family: 'families', contact: 'contacts' } as const)[kind];
  const person = await people(db).selectFrom(table).select(['name', 'prison_id']).where('id', '=', id).executeTakeFirst();
  if (!person || person.prison_id !== null || kind !== 'family') return person;
  // Registered before prisons were noted: the block belongs to the prison of an inmate that the officer sees.
  const kin = people(db).selectFrom('kinships').innerJoin('inmates', 'inmates.id', 'kinships.inmate_id').select('inmates.prison_id');
  return { ...person, ...(await kin.where('kinships.family_id', '=', id).limit(1).executeTakeFirst()) };
}

const toView = (row: Row, at: string): BlockView => ({
  id: row.id,
  personKind: row.person_kind,
  personId: row.person_id,
  personName: row.person_name,
  reason: row.reason,
  from: row.from_at,
  until: row.until_at,
  state: stateOf(row, at),
  createdByName: row.created_by_name,
  createdAt: row.created_at,
  liftedAt: row.lifted_at,
  liftedByName: row.lifted_by_name,
  liftReason: row.lift_reason,
});

function stateOf(row: Row, at: string): BlockView['state'] {
  if (row.lifted_at !== null && row.lifted_at <= at) return 'lifted';
  if (row.until_at !== null && row.until_at <= at) return 'over';
  return row.from_at > at ? 'coming' : 'active';
}
