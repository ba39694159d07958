import { type CallId, type Instant, QinqiaoError, type RetentionRule } from '@qinqiao/contracts';
import { type Clock, type Db, newId, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import { deleteRecording } from './deletion.ts';
import type { RecordingTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<RecordingTables & OrganisationTables>();
const DAY_MS = 86_400_000;
const AT_ONCE = 200;

export type RuleContent = Pick<RetentionRule, 'prisonId' | 'kind' | 'level' | 'keepDays'>;

/** All rules: those for all prisons first, then by prison. There are few. */
export async function listRetentionRules(db: Db): Promise<RetentionRule[]> {
  const rows = await tables(db)
    .selectFrom('retention_rules')
    .leftJoin('org_units', 'org_units.id', 'retention_rules.prison_id')
    .selectAll('retention_rules')
    .select('org_units.name as prisonName')
    .orderBy('retention_rules.prison_id')
    .orderBy('retention_rules.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    prisonId: row.prison_id,
    prisonName: row.prisonName,
    kind: row.kind as RetentionRule['kind'],
    level: row.level,
    keepDays: row.keep_days,
    version: row.version,
  }));
}

export async function findRetentionRule(db: Db, id: string): Promise<RetentionRule> {
  const found = (await listRetentionRules(db)).find((rule) => rule.id === id);
  if (!found) throw new QinqiaoError('not_found');
  return found;
}

/** Throws `bad_request` when there is a rule for the same prison, kind and level. */
export async function createRetentionRule(db: Db, content: RuleContent, by: { name: string; at: Instant }): Promise<RetentionRule> {
  await assertAlone(db, content, null);
  const id = newId();
  await tables(db)
    .insertInto('retention_rules')
    .values({ id, ...toRow(content), version: 1, updated_at: by.at, updated_name: by.name })
    .execute();
  return findRetentionRule(db, id);
}

/** Throws `not_found`, `edit_conflict`, `bad_request`. */
export async function changeRetentionRule(
  db: Db,
  id: string,
  { version, ...content }: RuleContent & { version: number },
  by: { name: string; at: Instant },
): Promise<{ before: RetentionRule; after: RetentionRule }> {
  const before = await findRetentionRule(db, id);
  await assertAlone(db, content, id);
  const update = tables(db)
    .updateTable('retention_rules')
    .set({ ...toRow(content), version: version + 1, updated_at: by.at, updated_name: by.name });
  const done = await update.where('id', '=', id).where('version', '=', version).executeTakeFirst();
  if (done.numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  return { before, after: await findRetentionRule(db, id) };
}

export async function deleteRetentionRule(db: Db, id: string): Promise<RetentionRule> {
  const before = await findRetentionRule(db, id);
  await tables(db).deleteFrom('retention_rules').where('id', '=', id).execute();
  return before;
}

const toRow = ({ prisonId, kind, level, keepDays }: RuleContent) => ({ prison_id: prisonId, kind, level, keep_days: keepDays });

async function assertAlone(db: Db, { prisonId, kind, level }: RuleContent, except: string | null): Promise<void> {
  const same = (await listRetentionRules(db)).find(
    (rule) => rule.id !== except && rule.prisonId === prisonId && rule.kind === kind && rule.level === level,
  );
  if (same) throw new QinqiaoError('bad_request', { fields: { keepDays: 'there is a rule for this prison, kind and level already' } });
}

/** The rule that counts for a recording: one for its prison before one for all, then by level, then by kind. Undefined: it is kept for good. */
export function ruleFor<Rule extends RuleContent>(
  rules: readonly Rule[],
  recording: { prisonId: string; kind: string; level: string | null },
): Rule | undefined {
  const fits = rules.filter(
    ({ prisonId, kind, level }) =>
      (prisonId ?? recording.prisonId) === recording.prisonId &&
      (kind ?? recording.kind) === recording.kind &&
      (level ?? recording.level) === recording.level,
  );
  const weight = ({ prisonId, kind, level }: RuleContent) => (prisonId ? 4 : 0) + (level ? 2 : 0) + (kind ? 1 : 0);
  return fits.toSorted((one, other) => weight(other) - weight(one))[0];
}

/** Deletes what is older than its rule says; never what is under a legal hold. Answers how many. */
export async function deleteExpired(db: Db, clock: Clock, { signal }: { signal?: AbortSignal } = {}): Promise<number> {
  const rules = await listRetentionRules(db);
  let deleted = 0;
  for (const rule of rules) {
    if (rule.keepDays === null) continue;
    const before = toInstant(clock.now().getTime() - rule.keepDays * DAY_MS);
    for (let after: [string, string] = ['', '']; ; ) {
      signal?.throwIfAborted();
      const rows = await expiredUnder(db, rule, before, after);
      for (const row of rows) {
        const recording = { prisonId: row.prison_id, kind: row.kind, level: row.level };
        if (ruleFor(rules, recording)?.id !== rule.id) continue;
        if (await deleteOne(db, clock, row.call_id as CallId, rule.keepDays)) deleted++;
      }
      const last = rows.at(-1);
      if (!last) break;
      after = [last.epoch, last.call_id];
    }
  }
  return deleted;
}

async function expiredUnder(db: Db, rule: RuleContent, before: Instant, [epoch, callId]: [string, string]) {
  let query = tables(db)
    .selectFrom('recordings')
    .select(['call_id', 'prison_id', 'kind', 'level', 'epoch'])
    .where('state', 'in', ['ready', 'failed'])
    .where('held', '=', 0)
    .where('epoch', '<', before)
    .where((eb) => eb.or([eb('epoch', '>', epoch), eb.and([eb('epoch', '=', epoch), eb('call_id', '>', callId)])]));
  if (rule.prisonId !== null) query = query.where('prison_id', '=', rule.prisonId);
  if (rule.kind !== null) query = query.where('kind', '=', rule.kind);
  if (rule.level !== null) query = query.where('level', '=', rule.level);
  return query.orderBy('epoch').orderBy('call_id').limit(AT_ONCE).execute();
}

/** A hold may have been placed, or somebody else have deleted it, since it was listed. */
async function deleteOne(db: Db, clock: Clock, callId: CallId, days: number): Promise<boolean> {
  try {
    const reason = `留存期满（${days} 天） kept for ${days} days`;
    await deleteRecording(db, clock, callId, { cause: 'retention', reason, actor: SYSTEM_ACTOR });
    return true;
  } catch (error) {
    if (error instanceof QinqiaoError && ['recording_held', 'recording_deleted', 'wrong_state'].includes(error.code)) return false;
    throw error;
  }
}
