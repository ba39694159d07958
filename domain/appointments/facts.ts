import type { AppointmentKind } from '@qinqiao/contracts';
import { dayOf, type Db, instantAt, monthOf, toInstant } from '@qinqiao/server-kit';
import { involvedCodes } from '../people/index.ts';
import { decideReview, listReviewRules, type Reviewed, type ReviewFacts } from '../reviews/index.ts';
import type { Companion } from './deps.ts';
import type { AppointmentTables } from './migrations.ts';
import type { Parties } from './parties.ts';

const tables = (db: Db) => db.withTables<AppointmentTables>();
const HISTORY_MS = 90 * 86_400_000;

export interface FactsWanted {
  kind: AppointmentKind;
  startsAt: string;
  parties: Parties;
  companions: readonly Companion[];
  extra: boolean;
  instead: string | null;
}

/** What the pre-review rules ask about, read in one go over the inmate's last months. */
export async function reviewFacts(db: Db, wanted: FactsWanted, now: Date): Promise<ReviewFacts> {
  const { kind, startsAt, parties, companions, extra, instead } = wanted;
  const { inmate, family, relation } = parties;
  const month = monthOf(dayOf(startsAt));
  const monthFrom = instantAt(month.from, '00:00');
  const since = toInstant(Math.min(now.getTime() - HISTORY_MS, Date.parse(monthFrom)));
  const rows = await tables(db)
    .selectFrom('appointments')
    .select(['id', 'kind', 'state', 'starts_at', 'family_id'])
    .where('inmate_id', '=', inmate.id)
    .where('starts_at', '>=', since)
    .execute();
  const others = rows.filter((row) => row.kind === kind && row.id !== instead);
  const counts = ['pending', 'approved', 'underway', 'completed'];
  const inMonth = others.filter((row) => row.starts_at >= monthFrom && row.starts_at < instantAt(month.to, '00:00'));
  const before = await tables(db)
    .selectFrom('appointments')
    .select('id')
    .where('inmate_id', '=', inmate.id)
    .where('family_id', '=', family.id)
    .where('kind', '=', kind)
    .where('state', '=', 'completed')
    .limit(1)
    .executeTakeFirst();
  return {
    kind,
    level: inmate.level,
    keyControl: inmate.key_control === 1,
    involved: involvedCodes(inmate.involved),
    relation: relation ?? '',
    usedInMonth: inMonth.filter(({ state }) => counts.includes(state)).length,
    missed: others.filter(({ state, family_id }) => state === 'missed' && family_id === family.id).length,
    first: before === undefined,
    companions: companions.length,
    minors: companions.some(({ minor }) => minor),
    extra,
  };
}

/** What the prison's pre-review table decides (V08). */
export async function review(db: Db, wanted: FactsWanted, now: Date): Promise<Reviewed & { facts: ReviewFacts }> {
  const [rules, facts] = [await listReviewRules(db, wanted.parties.inmate.prison_id), await reviewFacts(db, wanted, now)];
  return { ...decideReview(rules, facts), facts };
}
