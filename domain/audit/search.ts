import { setImmediate as nextTurn } from 'node:timers/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import { type AuditRow, type AuditTables, type Db, isSqlite } from '@qinqiao/server-kit';
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';

/** What is looked for; everything given must fit. Times are instants, `to` exclusive. */
export interface AuditFilter {
  from?: string | undefined;
  to?: string | undefined;
  actorId?: string | undefined;
  /** The whole name. */
  actorName?: string | undefined;
  action?: string | undefined;
  subjectKind?: string | undefined;
  subjectId?: string | undefined;
  address?: string | undefined;
  /** Part of the detail. */
  text?: string | undefined;
}

export interface AuditPage {
  items: AuditRow[];
  /** Where to go on; null when nothing is left. */
  next: string | null;
  /** The page is not full because only so many records are looked through at a time; the time they reach back to. */
  searchedTo: string | null;
}

/** How many records one page is looked for in at most, where no index answers alone. */
export const SEARCH_WINDOW = 5000;

/** How long one page is looked for. */
export interface Patience {
  /** As records that lie scattered over a long trail take longer to fetch than neighbours. */
  ms: number;
  /** In how many records, the newest first. */
  window: number;
  /** How many are looked at together, whatever the time. */
  part: number;
}
const PATIENCE: Patience = { ms: 40, window: SEARCH_WINDOW, part: 500 };

/** However many ask, a page is looked for in so many. */
const LEAST_WINDOW = 200;

/** Where so many ask in one moment, this one included, each one's page is looked for less far, so that all are answered soon; they can go on from there. */
export function patienceAmong(crowd: number): Patience {
  const window = Math.max(LEAST_WINDOW, Math.floor(PATIENCE.window / crowd));
  return { ms: PATIENCE.ms / crowd, window, part: Math.min(PATIENCE.part, window) };
}

interface Key {
  at: string;
  seq: number;
}
type Eb = ExpressionBuilder<AuditTables, 'audit'>;
type Condition = (eb: Eb) => ReturnType<Eb>;
const COLUMNS = {
  subjectId: 'subject_id',
  actorId: 'actor_id',
  actorName: 'actor_name',
  address: 'address',
  action: 'action',
  subjectKind: 'subject_kind',
} as const;
/** What leads through the trail, the most telling first; the rest is looked at record by record. */
const LEADERS = [['subjectId'], ['actorId', 'action'], ['actorId'], ['actorName'], ['address'], ['action'], ['subjectKind']] as const;

/**
 * A page of the trail, newest first. One indexed property leads; others, and text in the detail, are looked for within `SEARCH_WINDOW`
 * records and some ten milliseconds at a time (`patience`), so that no question can hold up the store: a page may then be short, with `searchedTo` and `next`.
 */
export async function searchAudit(
  db: Db,
  filter: AuditFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  patience = PATIENCE,
): Promise<AuditPage> {
  const given = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((name) => filter[name] !== undefined);
  const leader = LEADERS.find((names) => names.every((name) => filter[name] !== undefined)) ?? [];
  const lead: Lead = {
    columns: leader.map((name) => COLUMNS[name]),
    conditions: [
      ...leader.map((name) => led(db, COLUMNS[name], filter[name] ?? '')),
      ...within(filter),
      ...(cursor === undefined ? [] : [before(parseCursor(cursor))]),
    ],
  };
  const others = given.filter((name) => !(leader as readonly string[]).includes(name));
  const rest = [...others.map((name) => unled(COLUMNS[name], filter[name] ?? '')), ...contains(filter.text)];
  const window = await newest(db, lead)
    .select(['at', 'seq'])
    .limit(rest.length > 0 ? patience.window : limit + 1)
    .execute();
  const { rows, seen } = await fitting(db, { window, rest, limit: limit + 1 }, patience);
  const end = rest.length > 0 && (window.length === patience.window || seen < window.length) ? window[seen - 1] : undefined;
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length > limit && last) return { items, next: cursorOf(last), searchedTo: null };
  return { items, next: end ? cursorOf(end) : null, searchedTo: end?.at ?? null };
}

/**
 * Of these records the newest that fit the rest too, and how many were looked at. They are fetched by number, after the index alone has told
 * which they are: MariaDB else reads whole rows that no page shows. A part at a time, as the first ones often suffice.
 */
async function fitting(
  db: Db,
  { window, rest, limit }: { window: readonly Key[]; rest: readonly Condition[]; limit: number },
  { ms, part: size }: Patience,
): Promise<{ rows: AuditRow[]; seen: number }> {
  const found: AuditRow[] = [];
  const until = rest.length > 0 ? performance.now() + ms : Number.POSITIVE_INFINITY;
  let seen = 0;
  while (seen < window.length && found.length < limit && (seen === 0 || performance.now() < until)) {
    const seqs = window.slice(seen, seen + size).map(({ seq }) => seq);
    seen += seqs.length;
    const part = db.withTables<AuditTables>().selectFrom('audit').selectAll().where('seq', 'in', seqs);
    const query = rest.reduce((narrowed, condition) => narrowed.where(condition), part);
    const rows = await query.execute();
    found.push(...rows.toSorted((a, b) => (a.at === b.at ? b.seq - a.seq : a.at < b.at ? 1 : -1)));
  }
  return { rows: found.slice(0, limit), seen };
}

/** What leads through the trail: columns that are held fast, and all that is asked of the index. */
interface Lead {
  columns: (typeof COLUMNS)[keyof typeof COLUMNS][];
  conditions: Condition[];
}

/** In the order of the leading index; its first columns are the same in every row. */
function newest(db: Db, { columns, conditions }: Lead) {
  const audit = db.withTables<AuditTables>().selectFrom('audit');
  const narrowed = conditions.reduce((query, condition) => query.where(condition), audit);
  const ordered = columns.reduce((query, column) => query.orderBy(column, 'desc'), narrowed);
  return ordered.orderBy('at', 'desc').orderBy('seq', 'desc');
}

function within({ from, to }: AuditFilter): Condition[] {
  return [...(from === undefined ? [] : [(eb: Eb) => eb('at', '>=', from)]), ...(to === undefined ? [] : [(eb: Eb) => eb('at', '<', to)])];
}

/** Held fast. MariaDB takes an equality for a reason to read the index from its end, past all that is newer; a range it enters at its place. */
const led =
  (db: Db, column: Lead['columns'][number], value: string): Condition =>
  (eb) =>
    isSqlite(db) ? eb(column, '=', value) : eb.and([eb(column, '>=', value), eb(column, '<=', value)]);

/** An equality that no index can be used for, so that neither database leaves the leading one for it. */
const unled =
  (column: string, value: string): Condition =>
  () =>
    sql<SqlBool>`coalesce(${sql.ref(column)}, '') = ${value}` as unknown as ReturnType<Eb>;

// The first half looks superfluous, but lets both databases see a range of the index.
const before =
  ({ at, seq }: Key): Condition =>
  (eb) =>
    eb.and([eb('at', '<=', at), eb.or([eb('at', '<', at), eb('seq', '<', seq)])]);

function contains(text: string | undefined): Condition[] {
  if (text === undefined || text === '') return [];
  const pattern = `%${text.replace(/[!%_]/g, '!$&')}%`;
  return [() => sql<SqlBool>`lower(detail) like ${pattern.toLowerCase()} escape '!'` as unknown as ReturnType<Eb>];
}

const cursorOf = ({ at, seq }: Key) => `${at}~${seq}`;

function parseCursor(cursor: string): Key {
  const [, at, seq] = /^([\dT:.Z-]{1,24})~(\d{1,15})$/.exec(cursor) ?? [];
  if (at === undefined || seq === undefined) throw new QinqiaoError('bad_request', { fields: { cursor: 'not one that was given' } });
  return { at, seq: Number(seq) };
}

/** One record, or undefined. */
export async function findAudit(db: Db, seq: number): Promise<AuditRow | undefined> {
  return db.withTables<AuditTables>().selectFrom('audit').selectAll().where('seq', '=', seq).executeTakeFirst();
}

/** The actions that the trail holds, by name. Looks up one after the other in the index, however long the trail is. */
export async function listAuditActions(db: Db): Promise<string[]> {
  const actions: string[] = [];
  const audit = db.withTables<AuditTables>();
  for (;;) {
    const next = audit
      .selectFrom('audit')
      .select('action')
      .where('action', '>', actions.at(-1) ?? '')
      .orderBy('action')
      .limit(1);
    const row = await next.executeTakeFirst();
    if (!row) return actions;
    actions.push(row.action);
  }
}

/** Every record that fits, newest first, page by page. */
export async function* eachAudit(db: Db, filter: AuditFilter): AsyncGenerator<AuditRow> {
  for (let cursor: string | undefined; ; ) {
    const page = await searchAudit(db, filter, { limit: 1000, cursor });
    yield* page.items;
    if (page.next === null) return;
    // The embedded database answers at once: others get their turn here.
    await nextTurn();
    cursor = page.next;
  }
}
