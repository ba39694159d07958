import { type AppointmentState, fillNotice, type NoticeParams, type NoticeProblem, type NoticeTemplateContent } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, decryptField, type Logger, toInstant } from '@qinqiao/server-kit';
import { appointmentState } from '../appointments/index.ts';
import { openFamilyPhone } from '../people/index.ts';
import type { NoticeTables } from './migrations.ts';
import { type Delivery, failed, later, type NoticeChannels, type Outgoing } from './port.ts';
import { MOST_ATTEMPTS, quietUntil, readQuietHours, retryWaitMs } from './quiet.ts';
import { openIdOf } from './settings.ts';
import { readTemplate } from './templates.ts';
import { paramsPlace } from './write.ts';

const tables = (db: Db) => db.withTables<NoticeTables>();
type Row = NoticeTables['notices'];

export interface SenderDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  channels: NoticeChannels;
  log?: Logger;
}

/** Longer than a provider is waited for, token and second try included. */
const LEASE_MS = 90_000;
const AT_ONCE = 8;

/**
 * Sends what is due, at most a few at once. Several processes may do so: each notice is taken by one. One that died while sending leaves it
 * to be sent again after its lease: a provider that had taken it already then sends it twice, rather than never. Answers how many were taken.
 */
export async function sendDue(deps: SenderDeps): Promise<number> {
  const now = deps.clock.now();
  const due = tables(deps.db).selectFrom('notices').selectAll().where('state', '=', 'waiting').where('run_after', '<=', toInstant(now));
  const rows = await due.orderBy('run_after').orderBy('id').limit(AT_ONCE).execute();
  // What one family is told by one channel is told in its order.
  const lines = Map.groupBy(rows, ({ family_id, channel }) => `${family_id} ${channel}`);
  const done = await Promise.all([...lines.values()].map((line) => sendInOrder(deps, line)));
  return done.reduce((sum, one) => sum + one, 0);
}

async function sendInOrder(deps: SenderDeps, line: readonly Row[]): Promise<number> {
  let taken = 0;
  for (const row of line) {
    if (!(await take(deps, row))) continue;
    taken += 1;
    await settle(deps, row);
  }
  return taken;
}

/** Whether this process is the one that sends it. */
async function take({ db, clock }: SenderDeps, { id, attempts, run_after }: Row): Promise<boolean> {
  const until = toInstant(clock.now().getTime() + LEASE_MS);
  const taken = await tables(db)
    .updateTable('notices')
    .set({ run_after: until, attempts: attempts + 1 })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', attempts)
    .where('run_after', '=', run_after)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

async function settle(deps: SenderDeps, row: Row): Promise<void> {
  const now = deps.clock.now();
  const attempts = row.attempts + 1;
  if (row.useful_until !== null && row.useful_until <= toInstant(now)) return finish(deps, row, { state: 'skipped', problem: 'too_late' });
  if (await isOutdated(deps.db, row)) return finish(deps, row, { state: 'skipped', problem: 'outdated' });
  const { provider } = deps.channels[row.channel];
  // What stays in the house wakes nobody.
  const silent = provider === 'in_app' || provider === 'local';
  const quiet = silent || row.urgent === 1 ? null : quietUntil(await readQuietHours(deps.db), now);
  // Waiting for the morning is no attempt.
  if (quiet !== null) return finish(deps, row, { run_after: quiet, attempts: row.attempts });
  const delivery = await attempt(deps, row);
  if (delivery.outcome === 'delivered') {
    const sent = { state: 'sent', sent_at: toInstant(deps.clock.now()), problem: null, said: null } as const;
    return finish(deps, row, { ...sent, provider, provider_id: delivery.providerId?.slice(0, 128) ?? null });
  }
  const why = { problem: delivery.problem, said: delivery.said || null, provider };
  if (delivery.outcome === 'failed') return finish(deps, row, { ...why, state: SKIPPED.has(delivery.problem) ? 'skipped' : 'failed' });
  if (attempts >= MOST_ATTEMPTS) return finish(deps, row, { ...why, state: 'failed' });
  await finish(deps, row, { ...why, run_after: toInstant(deps.clock.now().getTime() + retryWaitMs(attempts)) });
}

/** Good news and reminders hold for an appointment that still stands: what happened to it since is told by itself. */
async function isOutdated(db: Db, { event, appointment_id, useful_until }: Row): Promise<boolean> {
  const states = STANDS[event];
  if (!states || appointment_id === null) return false;
  const appointment = await appointmentState(db, appointment_id);
  if (!appointment || !states.includes(appointment.state)) return true;
  // A reminder is of use until the start that it speaks of.
  return event.startsWith('reminder') && appointment.startsAt !== useful_until;
}

const COMING = ['approved', 'underway'] as const;
const STANDS: Partial<Record<Row['event'], readonly AppointmentState[]>> = {
  approved: COMING,
  booked_for_you: ['pending', ...COMING],
  placed: COMING,
  reminder_day: ['approved'],
  reminder_soon: COMING,
  other_waiting: COMING,
};

/** Nothing went wrong: there was just no way. */
const SKIPPED: ReadonlySet<NoticeProblem> = new Set(['no_address']);

/** Only as long as it is still this process's to settle: after its lease another may have taken it. */
async function finish({ db }: SenderDeps, { id, attempts }: Row, change: Partial<Row>): Promise<void> {
  await tables(db)
    .updateTable('notices')
    .set(change)
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', attempts + 1)
    .execute();
}

async function attempt(deps: SenderDeps, row: Row): Promise<Delivery> {
  try {
    const to = await addressOf(deps, row);
    if (to === null) return failed('no_address');
    return await deps.channels[row.channel].send(await outgoing(deps, row, to));
  } catch (err) {
    deps.log?.error({ err, notice: row.id, channel: row.channel }, 'notice could not be sent');
    return later('internal');
  }
}

/** Opened only now. Where nothing leaves the house nothing is opened. */
async function addressOf({ db, crypto, channels }: SenderDeps, row: Row): Promise<string | null> {
  if (row.channel === 'in_app' || channels[row.channel].provider === 'local') return row.family_id;
  return row.channel === 'wechat' ? openIdOf(db, crypto, row.family_id) : openFamilyPhone(db, crypto, row.family_id);
}

async function outgoing({ db, crypto }: SenderDeps, row: Row, to: string): Promise<Outgoing> {
  const template = await readTemplate(db, row.event);
  const params = await paramsOf(crypto, row);
  return {
    id: row.id,
    familyId: row.family_id,
    to,
    language: row.language,
    params,
    ...filled(template, params),
    template: row.channel === 'in_app' ? null : template[row.channel],
    page: PAGES[row.event] ?? 'appointments',
    kind: row.event.startsWith('reminder') || row.event === 'other_waiting' ? 'reminder' : 'booking',
    key: row.dedupe_key,
  };
}

const PAGES: Partial<Record<Row['event'], string>> = {
  extra_approved: 'extra',
  extra_refused: 'extra',
  review: 'messages',
  help: 'help',
  reminder_soon: 'calls',
  other_waiting: 'calls',
};

export const paramsOf = async (crypto: CryptoProvider, { id, params }: Pick<Row, 'id' | 'params'>): Promise<NoticeParams> =>
  JSON.parse(await decryptField(crypto, paramsPlace(id), params)) as NoticeParams;

/** Title and text in both languages. */
export const filled = ({ title, text }: NoticeTemplateContent, params: NoticeParams) => ({
  title: { zh: fillNotice(title.zh, params, 'zh'), en: fillNotice(title.en, params, 'en') },
  text: { zh: fillNotice(text.zh, params, 'zh'), en: fillNotice(text.en, params, 'en') },
});
