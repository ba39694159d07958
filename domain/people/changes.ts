import { type Actor, type CryptoProvider, type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { QinqiaoError } from '@qinqiao/contracts';

/** Who changes people's data, with what. `db` is the store as he sees it. */
export interface Editing {
  db: Db;
  crypto: CryptoProvider;
  actor: Actor;
  now: Date;
}

type Row = Record<string, unknown>;
/** Columns that say nothing to a reader, or that nobody may read. */
const LEFT_OUT = /^(version|created_at|updated_at|pinyin|password_hash|id_number|phone|address|birth_date|.*_hash)$/;

/** What a change alters, as the audit trail keeps it: personal data masked. */
export function auditDetail(before: Row, after: Row): { before: Row; after: Row } {
  const names = Object.keys(after).filter((name) => !LEFT_OUT.test(name) && after[name] !== before[name]);
  const pick = (row: Row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
  return { before: pick(before), after: pick(after) };
}

/** Audits a change of a person's data within its transaction. */
export function auditPerson(
  trx: Db,
  { actor, now }: Editing,
  action: string,
  subject: { kind: string; id: string },
  detail: Row,
): Promise<void> {
  return writeAudit(trx, { at: toInstant(now), actor, action, subject, detail });
}

/** Throws `edit_conflict` when another was quicker. */
export function assertVersion(row: { version: number }, version: number): void {
  if (row.version !== version) throw new QinqiaoError('edit_conflict');
}

export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new QinqiaoError('not_found');
  return row;
}

/** Runs within the caller's transaction when there is one, else in one of its own. */
export function transactional<Result>(db: Db, run: (trx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? run(db) : db.transaction().execute(run);
}
