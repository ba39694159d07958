import {
  type CallRuleContent,
  CallRuleContent as CallRuleSchema,
  type CallRuleExceptionView,
  type CallRuleView,
  DEFAULT_CALL_RULE,
  QinqiaoError,
  TreatmentLevel,
} from '@qinqiao/contracts';
import { type Db, isDuplicateKey, newestFirst, newId } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';
import type { QuotaTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<QuotaTables & PeopleTables>();
/** Fields that a newer version added get their defaults. */
const parse = (content: string): CallRuleContent => CallRuleSchema.parse(JSON.parse(content));

/** The rules of a prison, one for each treatment level. */
export async function listCallRules(db: Db, prisonId: string): Promise<CallRuleView[]> {
  const rows = await tables(db).selectFrom('call_rules').selectAll().where('prison_id', '=', prisonId).execute();
  return TreatmentLevel.options.map((level) => {
    const row = rows.find((one) => one.level === level);
    const content = row ? parse(row.content) : DEFAULT_CALL_RULE;
    return { prisonId, level, content, isDefault: !row, updatedAt: row?.updated_at ?? null, version: row?.version ?? 0 };
  });
}

/** Sets the rule of a level. Throws `edit_conflict`. */
export async function saveCallRule(
  db: Db,
  rule: Pick<CallRuleView, 'prisonId' | 'level' | 'content' | 'version'>,
  at: string,
): Promise<{ before: CallRuleContent; after: CallRuleView }> {
  const { prisonId, level, content, version } = rule;
  const old = await tables(db)
    .selectFrom('call_rules')
    .selectAll()
    .where('prison_id', '=', prisonId)
    .where('level', '=', level)
    .forUpdate()
    .executeTakeFirst();
  if ((old?.version ?? 0) !== version) throw new QinqiaoError('edit_conflict');
  const values = { content: JSON.stringify(content), version: version + 1, updated_at: at };
  if (old) await tables(db).updateTable('call_rules').set(values).where('prison_id', '=', prisonId).where('level', '=', level).execute();
  else {
    const insert = tables(db)
      .insertInto('call_rules')
      .values({ prison_id: prisonId, level, ...values });
    await insert.execute().catch((cause: unknown) => {
      throw isDuplicateKey(cause) ? new QinqiaoError('edit_conflict', { cause }) : cause;
    });
  }
  const after = { prisonId, level, content, isDefault: false, updatedAt: at, version: version + 1 };
  return { before: old ? parse(old.content) : DEFAULT_CALL_RULE, after };
}

/** The rule that holds for an inmate on a day: his own exception, else his level's in his prison, else the product's default. */
export async function ruleFor(
  db: Db,
  { id, prison_id, level }: { id: string; prison_id: string; level: TreatmentLevel },
  day: string,
): Promise<CallRuleContent> {
  const own = await tables(db)
    .selectFrom('call_rule_exceptions')
    .select('content')
    .where('inmate_id', '=', id)
    .where('from_day', '<=', day)
    .where((eb) => eb.or([eb('until_day', 'is', null), eb('until_day', '>=', day)]))
    .orderBy('from_day', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (own) return parse(own.content);
  const row = await tables(db)
    .selectFrom('call_rules')
    .select('content')
    .where('prison_id', '=', prison_id)
    .where('level', '=', level)
    .executeTakeFirst();
  return row ? parse(row.content) : DEFAULT_CALL_RULE;
}

export interface ExceptionFilter {
  prisonId?: string | undefined;
  inmateId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of the special rules of single inmates, the newest first. */
export async function listExceptions(db: Db, filter: ExceptionFilter): Promise<{ items: CallRuleExceptionView[]; next: string | null }> {
  let query = selectExceptions(db);
  if (filter.prisonId) query = query.where('call_rule_exceptions.prison_id', '=', filter.prisonId);
  if (filter.inmateId) query = query.where('call_rule_exceptions.inmate_id', '=', filter.inmateId);
  const { items, next } = await newestFirst(query, filter, 'call_rule_exceptions.id');
  return { items: items.map(viewOf), next };
}

/** Throws `not_found`. */
export async function getException(db: Db, id: string): Promise<CallRuleExceptionView> {
  const row = await selectExceptions(db).where('call_rule_exceptions.id', '=', id).executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

type ExceptionContent = Pick<CallRuleExceptionView, 'content' | 'reason' | 'from' | 'until'>;
const columnsOf = ({ content, reason, from, until }: ExceptionContent) => ({
  content: JSON.stringify(content),
  reason,
  from_day: from,
  until_day: until,
});

/** Throws `bad_request` when the inmate is not there. */
export async function addException(db: Db, inmateId: string, content: ExceptionContent): Promise<CallRuleExceptionView> {
  const inmate = await tables(db).selectFrom('inmates').select('prison_id').where('id', '=', inmateId).executeTakeFirst();
  if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_found' } });
  const id = newId();
  const row = { id, prison_id: inmate.prison_id, inmate_id: inmateId, ...columnsOf(content), version: 0 };
  await tables(db).insertInto('call_rule_exceptions').values(row).execute();
  return getException(db, id);
}

/** Throws `not_found`, `edit_conflict`. */
export async function editException(db: Db, id: string, content: ExceptionContent & { version: number }): Promise<CallRuleExceptionView> {
  const { version } = content;
  const change = tables(db)
    .updateTable('call_rule_exceptions')
    .set({ ...columnsOf(content), version: version + 1 });
  const { numUpdatedRows } = await change.where('id', '=', id).where('version', '=', version).executeTakeFirst();
  const now = await getException(db, id);
  if (numUpdatedRows === 0n) throw new QinqiaoError('edit_conflict');
  return now;
}

/** Throws `not_found`. Answers what it was. */
export async function removeException(db: Db, id: string): Promise<CallRuleExceptionView> {
  const old = await getException(db, id);
  await tables(db).deleteFrom('call_rule_exceptions').where('id', '=', id).execute();
  return old;
}

const selectExceptions = (db: Db) =>
  tables(db)
    .selectFrom('call_rule_exceptions')
    .innerJoin('inmates', 'inmates.id', 'call_rule_exceptions.inmate_id')
    .selectAll('call_rule_exceptions')
    .select(['inmates.name as inmate_name', 'inmates.number as inmate_number']);

function viewOf(row: QuotaTables['call_rule_exceptions'] & { inmate_name: string; inmate_number: string }): CallRuleExceptionView {
  const { id, inmate_id, inmate_name, inmate_number, reason, from_day, until_day, version } = row;
  const who = { inmateId: inmate_id, inmateName: inmate_name, inmateNumber: inmate_number };
  return { id, ...who, content: parse(row.content), reason, from: from_day, until: until_day, version };
}
