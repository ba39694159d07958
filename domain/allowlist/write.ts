import type { QuotaKind } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, toInstant, writeAudit } from '@qinqiao/server-kit';
import { sendLater } from '../outbox/index.ts';
import { allowlist, type AllowRow, kindColumns, type Period, periodColumns } from './rows.ts';

/** What a new row is made of. */
export interface NewEntry extends Period {
  id: string;
  prisonId: string;
  familyId: string;
  inmateId: string;
  kinds: readonly QuotaKind[];
  reason: string;
  paperIds?: readonly string[];
  source: AllowRow['source'];
  state: AllowRow['state'];
  caseId?: string | null;
}

export async function insertEntry(trx: Db, entry: NewEntry, at: string): Promise<AllowRow> {
  const whose = { id: entry.id, prison_id: entry.prisonId, family_id: entry.familyId, inmate_id: entry.inmateId };
  const content = {
    ...kindColumns(entry.kinds),
    ...periodColumns(entry),
    reason: entry.reason,
    papers: JSON.stringify(entry.paperIds ?? []),
  };
  const { state, source, caseId = null } = entry;
  const row = { ...whose, ...content, state, decision: null, source, case_id: caseId, created_at: at, updated_at: at, version: 1 };
  await allowlist(trx).insertInto('allowlist').values(row).execute();
  return row;
}

export async function updateEntry(trx: Db, before: AllowRow, change: Partial<AllowRow>, at: string): Promise<AllowRow> {
  const fresh = { ...change, version: before.version + 1, updated_at: at };
  await allowlist(trx).updateTable('allowlist').set(fresh).where('id', '=', before.id).execute();
  return { ...before, ...fresh };
}

/** What a change alters, for the audit trail. */
export const shown = ({ video, visit, phone, valid_from, valid_until, state }: AllowRow) => ({
  kinds: { video, visit, phone },
  valid_from,
  valid_until,
  state,
});

export function auditEntry(
  trx: Db,
  actor: Actor,
  at: string,
  action: string,
  row: AllowRow,
  detail: Record<string, unknown>,
): Promise<void> {
  const about = { family: row.family_id, inmate: row.inmate_id };
  return writeAudit(trx, {
    at,
    actor,
    action: `allowlist.${action}`,
    subject: { kind: 'allowlist', id: row.id },
    detail: { ...about, ...detail },
  });
}

/** What was booked with an entry must be looked at again: from `from` on these kinds are not allowed by it any more. */
export async function tellEnded(
  trx: DbTransaction,
  row: AllowRow,
  { kinds, from, reason }: { kinds: readonly QuotaKind[]; from: string; reason: string },
  now: Date,
): Promise<void> {
  const payload = { inmateId: row.inmate_id, familyId: row.family_id, kinds, at: from, reason };
  await sendLater(trx, { topic: 'allowlist.ended', key: `allowlist:${row.id}:${row.version}`, payload }, toInstant(now));
}
