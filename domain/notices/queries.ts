import {
  type NoticeChannelName,
  type NoticeDetail,
  type NoticeEvent,
  type NoticeParams,
  type NoticeState,
  type NoticeView,
  QinqiaoError,
} from '@qinqiao/contracts';
import {
  type Actor,
  addDays,
  type Clock,
  type CryptoProvider,
  type Db,
  instantAt,
  newestFirst,
  newId,
  toInstant,
  writeAudit,
} from '@qinqiao/server-kit';
import { sql } from 'kysely';
import { within } from '../applications/index.ts';
import type { OrganisationTables } from '../organisation/index.ts';
import type { PeopleTables } from '../people/index.ts';
import type { NoticeTables } from './migrations.ts';
import { filled, paramsOf } from './send.ts';
import { readTemplate } from './templates.ts';

const tables = (db: Db) => db.withTables<NoticeTables & PeopleTables & OrganisationTables>();

export interface NoticeFilter {
  state?: NoticeState | undefined;
  channel?: NoticeChannelName | undefined;
  event?: NoticeEvent | undefined;
  /** Local days, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  /** The beginning of the family member's name. */
  text?: string | undefined;
  familyId?: string | undefined;
  appointmentId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** The family's name is looked up beside the data scope: who sees a notice sees to whom it went. */
const select = (db: Db) => tables(db).selectFrom('notices').selectAll('notices');
type Row = NoticeTables['notices'];

/** A page of notices, the newest first. */
export async function listNotices(db: Db, filter: NoticeFilter): Promise<{ items: NoticeView[]; next: string | null }> {
  const { state, channel, event, from, to, text, familyId, appointmentId, cursor, limit } = filter;
  let query = select(db);
  if (state) query = query.where('state', '=', state);
  if (channel) query = query.where('channel', '=', channel);
  if (event) query = query.where('event', '=', event);
  // Ids begin with the time at which they were made.
  if (from) query = query.where('notices.id', '>=', idAt(instantAt(from, '00:00')));
  if (to) query = query.where('notices.id', '<', idAt(instantAt(addDays(to, 1), '00:00')));
  if (familyId) query = query.where('family_id', '=', familyId);
  if (appointmentId) query = query.where('appointment_id', '=', appointmentId);
  if (text) query = query.where('family_id', 'in', familiesNamed(db, text));
  const { items, next } = await newestFirst(query, { cursor, limit }, 'notices.id');
  return { items: await viewsOf(db, items), next };
}

/** The least id of an instant: its 48 bits of time. */
const idAt = (instant: string) => newId(Date.parse(instant)).slice(0, 10);

const familiesNamed = (db: Db, text: string) =>
  db
    .withoutPlugins()
    .withTables<PeopleTables>()
    .selectFrom('families')
    .select('families.id')
    .where(sql<boolean>`families.name >= ${text} and families.name < ${`${text}\u{10ffff}`}`);

/** A notice with its words, names of inmates masked. Throws `not_found`, also outside the data scope. */
export async function getNotice(db: Db, crypto: CryptoProvider, id: string): Promise<NoticeDetail> {
  const row = await select(db).where('notices.id', '=', id).executeTakeFirst();
  const [view] = row ? await viewsOf(db, [row]) : [];
  if (!row || !view) throw new QinqiaoError('not_found');
  const params = masked(await paramsOf(crypto, row));
  const { provider_id: providerId, said: providerSaid, useful_until: usefulUntil } = row;
  const words = filled(await readTemplate(db, row.event), params);
  return { ...view, ...words, address: await addressShown(db, row), providerId, providerSaid, usefulUntil };
}

/**
 * Has a notice sent again that was not, or that the receiver says did not come. Throws `not_found`, `wrong_state` for one that still waits,
 * and for one in the app that is there.
 */
export async function sendAgain(
  { db, crypto, clock }: { db: Db; crypto: CryptoProvider; clock: Clock },
  id: string,
  actor: Actor,
): Promise<NoticeDetail> {
  const at = toInstant(clock.now());
  return within(db, async (trx) => {
    const row = await select(trx).where('notices.id', '=', id).forUpdate().executeTakeFirst();
    if (!row) throw new QinqiaoError('not_found');
    if (!canSendAgain(row)) throw new QinqiaoError('wrong_state');
    const fresh = { state: 'waiting', attempts: 0, run_after: at, problem: null, said: null, sent_at: null, provider_id: null } as const;
    await tables(trx).updateTable('notices').set(fresh).where('id', '=', id).execute();
    const detail = { event: row.event, channel: row.channel, family: row.family_id, before: { state: row.state, problem: row.problem } };
    await writeAudit(trx, { at, actor, action: 'notice.sendAgain', subject: { kind: 'notice', id }, detail });
    return getNotice(trx, crypto, id);
  });
}

const canSendAgain = ({ state, channel }: Row) => state !== 'waiting' && !(channel === 'in_app' && state === 'sent');

async function viewsOf(db: Db, rows: readonly Row[]): Promise<NoticeView[]> {
  if (rows.length === 0) return [];
  const families = await namesOf(db, 'families', rows);
  const prisons = await namesOf(db, 'prisons', rows);
  return rows.map((row) => ({
    id: row.id,
    event: row.event,
    channel: row.channel,
    state: row.state,
    provider: row.provider,
    familyId: row.family_id,
    familyName: families.get(row.family_id) ?? '',
    prisonName: (row.prison_id !== null && prisons.get(row.prison_id)) || null,
    appointmentId: row.appointment_id,
    language: row.language,
    urgent: row.urgent === 1,
    attempts: row.attempts,
    problem: row.problem,
    createdAt: row.created_at,
    nextAt: row.state === 'waiting' ? row.run_after : null,
    sentAt: row.sent_at,
    canSendAgain: canSendAgain(row),
  }));
}

async function namesOf(db: Db, of: 'families' | 'prisons', rows: readonly Row[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(({ family_id, prison_id }) => (of === 'families' ? [family_id] : prison_id ? [prison_id] : [])))];
  if (ids.length === 0) return new Map();
  const whole = db.withoutPlugins().withTables<PeopleTables & OrganisationTables>();
  const found = of === 'families' ? whole.selectFrom('families') : whole.selectFrom('org_units');
  const named = await (found as ReturnType<typeof whole.selectFrom<'families'>>).select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(named.map(({ id, name }) => [id, name]));
}

async function addressShown(db: Db, { channel, family_id }: Row): Promise<string> {
  if (channel !== 'sms' && channel !== 'voice') return '';
  const whole = db.withoutPlugins().withTables<PeopleTables>();
  const row = await whole.selectFrom('families').select('phone_masked').where('id', '=', family_id).executeTakeFirst();
  return row?.phone_masked ?? '';
}

/** 陈**: the family name alone tells an officer enough. */
function masked(params: NoticeParams): NoticeParams {
  const { inmate } = params;
  if (!inmate) return params;
  const hide = (name: string) => `${Array.from(name)[0] ?? ''}${'*'.repeat(Math.max(1, Array.from(name).length - 1))}`;
  return { ...params, inmate: { zh: hide(inmate.zh), en: hide(inmate.en) } };
}
