import type { QuotaView } from '@qinqiao/contracts';
import { type Db, type Days, isDuplicateKey, newId } from '@qinqiao/server-kit';
import { type Entry, extraLeft, periodOf, usageOf } from './balance.ts';
import type { QuotaTables } from './migrations.ts';
import type { CallRuleContent } from '@qinqiao/contracts';

const tables = (db: Db) => db.withTables<QuotaTables>();

/** The inmate's entries on these days. In a transaction that has locked the inmate nobody adds one meanwhile. */
export function readEntries(db: Db, inmateId: string, { from, to }: Days): Promise<Entry[]> {
  return tables(db)
    .selectFrom('quota_entries')
    .select(['kind', 'bucket', 'type', 'day', 'calls', 'minutes'])
    .where('inmate_id', '=', inmateId)
    .where('day', '>=', from)
    .where('day', '<', to)
    .execute();
}

export interface NewEntry extends Entry {
  /** What is written twice under one key counts once. */
  key: string;
  prisonId: string;
  inmateId: string;
  subject: { kind: string; id: string };
}

/** Writes an entry of the ledger; answers false when its key is there already. Entries are never changed or deleted. */
export async function writeEntry(trx: Db, { key, prisonId, inmateId, subject, ...entry }: NewEntry, at: string): Promise<boolean> {
  const { kind, bucket, type, day, calls, minutes } = entry;
  const whose = { prison_id: prisonId, inmate_id: inmateId, subject_kind: subject.kind, subject_id: subject.id };
  const row = { id: newId(), entry_key: key, ...whose, kind, bucket, type, day, calls, minutes, at };
  return tables(trx)
    .insertInto('quota_entries')
    .values(row)
    .execute()
    .then(
      () => true,
      (error: unknown) => {
        if (isDuplicateKey(error)) return false;
        throw error;
      },
    );
}

/** What is left of each of the rule's limits in the periods that `day` lies in. */
export function quotaView(rule: CallRuleContent, entries: readonly Entry[], day: string): QuotaView {
  const limits = rule.limits.map((limit) => {
    const { used, reserved } = usageOf(limit, entries, day);
    const extra = limit.period === 'month' ? extraOf(limit.kinds, entries, day) : { calls: 0, minutes: 0 };
    return {
      ...limit,
      ...periodOf(limit, day),
      allowedCalls: limit.calls === null ? null : limit.calls + extra.calls,
      allowedMinutes: limit.minutes === null ? null : limit.minutes + extra.minutes,
      usedCalls: used.calls,
      usedMinutes: used.minutes,
      reservedCalls: reserved.calls,
      reservedMinutes: reserved.minutes,
    };
  });
  return { limits, longestMinutes: rule.longestMinutes, companions: rule.companions };
}

/** Extra calls that are left count for the limit of one kind, not for what several kinds share. */
function extraOf(kinds: readonly Entry['kind'][], entries: readonly Entry[], day: string) {
  const [kind, ...others] = kinds;
  return kind !== undefined && others.length === 0 ? extraLeft(kind, entries, day) : { calls: 0, minutes: 0 };
}
